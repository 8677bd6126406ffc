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
import org.betatron.torch.weight.Parameters;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/// Llama (Touvron et al. 2023, arXiv 2302.13971; grouped queries and rope scaling as in Llama 3),
/// mirroring `LlamaModel` of `transformers`.
///
/// `T` rows, `E` hidden size, `H` query heads, `K` key-value heads, `D` dimensions of a head, `F`
/// feed-forward width.
public final class Llama implements Architecture {

    private final LlamaSpec spec;
    private final RotaryTable rotary;
    private final Tensor embedding; // [V, E]
    private final List<Layer> layers;
    private final List<List<Tensor>> layerWeights;
    private final Tensor finalNorm; // [E]
    private final Tensor head; // [V, E], or [1, E] of a score

    public Llama(LlamaSpec spec, Parameters weights, AffineMaps maps) {
        this.spec = spec;
        layerWeights = Architecture.layerWeights(
                weights, spec.numLayers(), index -> LlamaSpec.layer(index, ""), "model.norm.");
        embedding = weights.get("model.embed_tokens.weight");
        rotary = new RotaryTable(spec.rotary(), embedding);
        layers = new ArrayList<>();
        for (int i = 0; i < spec.numLayers(); i++) {
            layers.add(new Layer(i, weights, maps));
        }
        finalNorm = weights.get("model.norm.weight");
        head = switch (spec.head()) {
            case VOCABULARY -> weights.get(LlamaSpec.HEAD);
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
        return norm(hidden, finalNorm);
    }

    @Override
    public Tensor headWeight() {
        return head;
    }

    @Override
    public void close() {
        rotary.close();
    }

    private Tensor norm(Tensor input, Tensor weight) {
        return torch.rms_norm(
                input,
                new long[] {spec.hiddenSize()},
                new TensorOptional(weight),
                new DoubleOptional(spec.normEpsilon()));
    }

    private final class Layer {

        private final int index;
        private final Tensor inputNorm;
        private final Tensor postAttentionNorm;
        private final Linear query; // E -> H * D
        private final Linear key; // E -> K * D
        private final Linear value; // E -> K * D
        private final Linear attentionOut; // H * D -> E
        private final Linear gate; // E -> F
        private final Linear up; // E -> F
        private final Linear down; // F -> E

        Layer(int index, Parameters weights, AffineMaps maps) {
            this.index = index;
            inputNorm = weights.get(LlamaSpec.layer(index, "input_layernorm.weight"));
            postAttentionNorm = weights.get(LlamaSpec.layer(index, "post_attention_layernorm.weight"));
            query = new Linear(weights, LlamaSpec.layer(index, "self_attn.q_proj"), spec.attentionBias(), maps);
            key = new Linear(weights, LlamaSpec.layer(index, "self_attn.k_proj"), spec.attentionBias(), maps);
            value = new Linear(weights, LlamaSpec.layer(index, "self_attn.v_proj"), spec.attentionBias(), maps);
            attentionOut = new Linear(weights, LlamaSpec.layer(index, "self_attn.o_proj"), spec.attentionBias(), maps);
            gate = new Linear(weights, LlamaSpec.layer(index, "mlp.gate_proj"), spec.feedForwardBias(), maps);
            up = new Linear(weights, LlamaSpec.layer(index, "mlp.up_proj"), spec.feedForwardBias(), maps);
            down = new Linear(weights, LlamaSpec.layer(index, "mlp.down_proj"), spec.feedForwardBias(), maps);
        }

        Tensor forward(Tensor hidden, Rotation rotation, Attention attention, @Nullable Tensor rows, Tape tape) {
            Made input = Made.by(entering -> norm(entering, inputNorm), hidden);
            Tensor attended = attend(input, rotation, attention, rows, tape); // [N, E]
            Tensor middle = Architecture.select(hidden, rows).add(attended);
            return middle.add(feedForward(Made.by(entering -> norm(entering, postAttentionNorm), middle), tape));
        }

        private Tensor attend(Made input, Rotation rotation, Attention attention, @Nullable Tensor rows, Tape tape) {
            Tensor queries = rotation.apply(heads(tape.run(query, input), spec.numHeads()));
            Tensor keys = rotation.apply(heads(tape.run(key, input), spec.numKeyValueHeads()));
            Tensor values = heads(tape.run(value, input), spec.numKeyValueHeads());
            Tensor attended = attention.attend(index, queries, repeat(keys), repeat(values)); // [T, E]
            return tape.run(attentionOut, Made.kept(Architecture.select(attended, rows)));
        }

        private Tensor feedForward(Made input, Tape tape) {
            return tape.run(down, Made.by(Layer::gated, tape.run(gate, input), tape.run(up, input)));
        }

        private static Tensor gated(Tensor gate, Tensor values) {
            return torch.silu(gate).mul(values);
        }
    }

    private Tensor heads(Tensor flat, int numHeads) {
        return flat.view(flat.size(0), numHeads, spec.headDim()); // [T, heads, D]
    }

    /// Gives each query head its own view of the key-value head that serves it: `[T, K, D]` to `[T, H, D]`.
    private Tensor repeat(Tensor heads) {
        long repeats = spec.numHeads() / spec.numKeyValueHeads();
        if (repeats == 1) {
            return heads;
        }
        return heads.unsqueeze(2)
                .expand(heads.size(0), heads.size(1), repeats, heads.size(2))
                .reshape(heads.size(0), spec.numHeads(), spec.headDim());
    }
}
