package org.betatron.torch.architecture;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.betatron.torch.attention.AttentionSpec;
import org.betatron.torch.linear.Made;
import org.betatron.torch.tensor.Tensors;
import org.betatron.torch.weight.Blueprint;
import org.betatron.torch.weight.EmbeddingPart;
import org.betatron.torch.weight.LinearPart;
import org.betatron.torch.weight.ModelClasses;
import org.betatron.torch.weight.NormPart;
import org.betatron.torch.weight.Parts;
import org.bytedeco.pytorch.Tensor;

/// GPT-NeoX (Black et al. 2022, arXiv 2204.06745), mirroring `GPTNeoXModel` of `transformers`.
///
/// `T` rows, `E` hidden size, `H` heads, `D` dimensions of a head, `F` feed-forward width.
final class Neox implements Architecture {

    private final NeoxSpec spec;
    private final AttentionSpec attention;
    private final List<Layer> layers = new ArrayList<>();
    private final Blueprint blueprint;

    Neox(NeoxSpec spec) {
        this.spec = spec;
        attention = AttentionSpec.whole(spec.numHeads(), spec.numHeads(), spec.headDim(), spec.rotary());
        List<Parts> parts = new ArrayList<>();
        for (int i = 0; i < spec.numLayers(); i++) {
            parts.add(new Parts("gpt_neox.layers." + i + "."));
            layers.add(new Layer(parts.getLast()));
        }
        blueprint = new Blueprint(
                ModelClasses.of("GPTNeoX"),
                new EmbeddingPart("gpt_neox.embed_in", spec.vocabularySize(), spec.hiddenSize(), 1),
                parts.stream().map(Parts::list).toList(),
                norm(new Parts("gpt_neox."), "final_layer_norm"),
                new LinearPart("embed_out", spec.vocabularySize(), spec.hiddenSize(), false),
                spec.head(),
                spec.initializerRange(),
                List.of(".attention.bias", ".attention.masked_bias", ".rotary_emb.inv_freq"));
    }

    @Override
    public Blueprint blueprint() {
        return blueprint;
    }

    @Override
    public List<AttentionSpec> attention() {
        return Collections.nCopies(layers.size(), attention);
    }

    private NormPart norm(Parts parts, String name) {
        return parts.norm(name, spec.hiddenSize(), NormPart.Kind.LAYER, spec.normEpsilon(), 1);
    }

    private final class Layer {

        private final NormPart inputNorm;
        private final NormPart postAttentionNorm;
        private final LinearPart queryKeyValue; // E -> H * (q, k, v) * D
        private final LinearPart attentionOut; // E -> E
        private final LinearPart up; // E -> F
        private final LinearPart down; // F -> E

        Layer(Parts parts) {
            long e = spec.hiddenSize();
            inputNorm = norm(parts, "input_layernorm");
            postAttentionNorm = norm(parts, "post_attention_layernorm");
            queryKeyValue = parts.linear("attention.query_key_value", 3 * e, e, spec.attentionBias());
            attentionOut = parts.linear("attention.dense", e, e, spec.attentionBias());
            up = parts.linear("mlp.dense_h_to_4h", spec.intermediateSize(), e, true);
            down = parts.linear("mlp.dense_4h_to_h", e, spec.intermediateSize(), true);
        }
    }

    @Override
    public Tensor layer(int index, Tensor hidden, LayerRun run) {
        Layer layer = layers.get(index);
        long d = spec.headDim();
        Tensor fused = run.linear(layer.queryKeyValue, run.norm(layer.inputNorm, hidden))
                .view(hidden.size(0), spec.numHeads(), 3 * d); // [T, H, 3D]
        List<Tensor> heads = Tensors.split(fused, 2, d, d, d); // 3 of [T, H, D]
        // Values are a copy, or the graph would keep all three parts alive for the sake of this one.
        Made attended =
                run.attend(index, heads.get(0), heads.get(1), heads.get(2).contiguous()); // [N, E]
        Tensor residual = run.select(hidden);
        Tensor middle = residual.add(run.linear(layer.attentionOut, attended));
        Made normed = run.norm(layer.postAttentionNorm, spec.parallelResidual() ? residual : middle);
        return middle.add(run.linear(layer.down, Made.by(spec.activation()::of, run.linear(layer.up, normed))));
    }
}
