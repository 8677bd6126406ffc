package org.betatron.torch.architecture;

import java.util.ArrayList;
import java.util.List;
import org.betatron.torch.attention.Attention;
import org.betatron.torch.attention.RotaryTable;
import org.betatron.torch.attention.RotaryTable.Rotation;
import org.betatron.torch.linear.AffineMaps;
import org.betatron.torch.linear.Linear;
import org.betatron.torch.linear.Made;
import org.betatron.torch.linear.Tape;
import org.betatron.torch.tensor.Tensors;
import org.betatron.torch.weight.Parameters;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/// GPT-NeoX (Black et al. 2022, arXiv 2204.06745), mirroring `GPTNeoXModel` of `transformers`.
///
/// `T` rows, `E` hidden size, `H` heads, `D` dimensions of a head.
final class Neox implements Architecture {

    private final NeoxSpec spec;
    private final RotaryTable rotary;
    private final Tensor embedding; // [V, E]
    private final List<Layer> layers;
    private final List<List<Tensor>> layerWeights;
    private final Norm finalNorm;
    private final Tensor head; // [V, E], or [1, E] of a score

    Neox(NeoxSpec spec, Parameters weights, AffineMaps maps) {
        this.spec = spec;
        layerWeights = Architecture.layerWeights(
                weights, spec.numLayers(), index -> NeoxSpec.layer(index, ""), "gpt_neox.final_layer_norm.");
        embedding = weights.get("gpt_neox.embed_in.weight");
        rotary = new RotaryTable(spec.rotary(), embedding);
        layers = new ArrayList<>();
        for (int i = 0; i < spec.numLayers(); i++) {
            layers.add(new Layer(i, weights, maps));
        }
        finalNorm = new Norm(weights, "gpt_neox.final_layer_norm");
        head = switch (spec.head()) {
            case VOCABULARY -> weights.get(NeoxSpec.HEAD);
            case TIED -> embedding;
            case SCORE -> weights.get(HeadKind.SCORE_WEIGHT);
        };
    }

    @Override
    public int numLayers() {
        return layers.size();
    }

    @Override
    public long headDim() {
        return spec.headDim();
    }

    @Override
    public Tensor embedding() {
        return embedding;
    }

    @Override
    public Rotation rotation(int[] positions) {
        return rotary.rotation(positions);
    }

    @Override
    public Tensor layer(
            int index, Tensor hidden, Rotation rotation, Attention attention, @Nullable Tensor rows, Tape tape) {
        return layers.get(index).forward(hidden, rotation, attention, rows, tape);
    }

    @Override
    public List<Tensor> weights(int index) {
        return layerWeights.get(index);
    }

    @Override
    public Tensor finalNorm(Tensor hidden) {
        return finalNorm.forward(hidden);
    }

    @Override
    public Tensor headWeight() {
        return head;
    }

    @Override
    public void close() {
        rotary.close();
    }

    private final class Layer {

        private final int index;
        private final Norm inputNorm;
        private final Norm postAttentionNorm;
        private final Linear queryKeyValue; // E -> H * (q, k, v) * D
        private final Linear attentionOut; // E -> E
        private final Linear up; // E -> 4E
        private final Linear down; // 4E -> E

        Layer(int index, Parameters weights, AffineMaps maps) {
            this.index = index;
            inputNorm = new Norm(weights, NeoxSpec.layer(index, "input_layernorm"));
            postAttentionNorm = new Norm(weights, NeoxSpec.layer(index, "post_attention_layernorm"));
            queryKeyValue =
                    new Linear(weights, NeoxSpec.layer(index, "attention.query_key_value"), spec.attentionBias(), maps);
            attentionOut = new Linear(weights, NeoxSpec.layer(index, "attention.dense"), spec.attentionBias(), maps);
            up = new Linear(weights, NeoxSpec.layer(index, "mlp.dense_h_to_4h"), true, maps);
            down = new Linear(weights, NeoxSpec.layer(index, "mlp.dense_4h_to_h"), true, maps);
        }

        Tensor forward(Tensor hidden, Rotation rotation, Attention attention, @Nullable Tensor rows, Tape tape) {
            Tensor attended = attend(Made.by(inputNorm::forward, hidden), rotation, attention, rows, tape); // [N, E]
            Tensor residual = Architecture.select(hidden, rows);
            Tensor middle = residual.add(attended);
            Tensor normed = spec.parallelResidual() ? residual : middle;
            return middle.add(feedForward(Made.by(postAttentionNorm::forward, normed), tape));
        }

        private Tensor attend(Made input, Rotation rotation, Attention attention, @Nullable Tensor rows, Tape tape) {
            Tensor fused = tape.run(queryKeyValue, input)
                    .view(input.tensor().size(0), spec.numHeads(), 3L * spec.headDim()); // [T, H, 3D]
            List<Tensor> parts =
                    Tensors.split(fused, 2, spec.headDim(), spec.headDim(), spec.headDim()); // 3 of [T, H, D]
            Tensor queries = rotation.apply(parts.get(0));
            Tensor keys = rotation.apply(parts.get(1));
            // A copy, or the graph would keep all three parts alive for the sake of this one.
            Tensor values = parts.get(2).contiguous();
            Tensor attended = attention.attend(index, queries, keys, values); // [T, E]
            return tape.run(attentionOut, Made.kept(Architecture.select(attended, rows)));
        }

        private Tensor feedForward(Made input, Tape tape) {
            return tape.run(down, Made.by(this::gelu, tape.run(up, input)));
        }

        private Tensor gelu(Tensor input) {
            return torch.gelu(input, spec.exactGelu() ? "none" : "tanh");
        }
    }

    private final class Norm {

        private final Tensor weight;
        private final Tensor bias;

        Norm(Parameters weights, String name) {
            weight = weights.get(name + ".weight");
            bias = weights.get(name + ".bias");
        }

        Tensor forward(Tensor input) {
            return torch.layer_norm(
                    input,
                    new long[] {spec.hiddenSize()},
                    new TensorOptional(weight),
                    new TensorOptional(bias),
                    spec.normEpsilon(),
                    false);
        }
    }
}
