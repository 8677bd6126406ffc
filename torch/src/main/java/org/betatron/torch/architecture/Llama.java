package org.betatron.torch.architecture;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.betatron.torch.attention.AttentionSpec;
import org.betatron.torch.linear.Made;
import org.betatron.torch.weight.Blueprint;
import org.betatron.torch.weight.EmbeddingPart;
import org.betatron.torch.weight.LinearPart;
import org.betatron.torch.weight.NormPart;
import org.betatron.torch.weight.Parts;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/// Llama (Touvron et al. 2023, arXiv 2302.13971; grouped queries and rope scaling as in Llama 3),
/// mirroring `LlamaModel` of `transformers`.
///
/// `T` rows, `E` hidden size, `H` query heads, `K` key-value heads, `D` dimensions of a head, `F`
/// feed-forward width.
final class Llama implements Architecture {

    private final LlamaSpec spec;
    private final AttentionSpec attention;
    private final List<Layer> layers = new ArrayList<>();
    private final Blueprint blueprint;

    Llama(LlamaSpec spec) {
        this.spec = spec;
        attention = AttentionSpec.whole(spec.numHeads(), spec.numKeyValueHeads(), spec.headDim(), spec.rotary());
        List<Parts> parts = new ArrayList<>();
        for (int i = 0; i < spec.numLayers(); i++) {
            parts.add(new Parts("model.layers." + i + "."));
            layers.add(new Layer(parts.getLast()));
        }
        blueprint = new Blueprint(
                "Llama",
                new EmbeddingPart("model.embed_tokens", spec.vocabularySize(), spec.hiddenSize(), 1),
                parts.stream().map(Parts::list).toList(),
                norm(new Parts("model."), "norm"),
                new LinearPart("lm_head", spec.vocabularySize(), spec.hiddenSize(), false),
                spec.head(),
                spec.initializerRange(),
                List.of(".rotary_emb.inv_freq"));
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
        return parts.norm(name, spec.hiddenSize(), NormPart.Kind.ROOT_MEAN_SQUARE, spec.normEpsilon(), 1);
    }

    private final class Layer {

        private final NormPart inputNorm;
        private final LinearPart query; // E -> H * D
        private final LinearPart key; // E -> K * D
        private final LinearPart value; // E -> K * D
        private final LinearPart attentionOut; // H * D -> E
        private final NormPart postAttentionNorm;
        private final LinearPart gate; // E -> F
        private final LinearPart up; // E -> F
        private final LinearPart down; // F -> E

        Layer(Parts parts) {
            long e = spec.hiddenSize();
            long queries = (long) spec.numHeads() * spec.headDim();
            long keys = (long) spec.numKeyValueHeads() * spec.headDim();
            inputNorm = norm(parts, "input_layernorm");
            query = parts.linear("self_attn.q_proj", queries, e, spec.attentionBias());
            key = parts.linear("self_attn.k_proj", keys, e, spec.attentionBias());
            value = parts.linear("self_attn.v_proj", keys, e, spec.attentionBias());
            attentionOut = parts.linear("self_attn.o_proj", e, queries, spec.attentionBias());
            postAttentionNorm = norm(parts, "post_attention_layernorm");
            gate = parts.linear("mlp.gate_proj", spec.intermediateSize(), e, spec.feedForwardBias());
            up = parts.linear("mlp.up_proj", spec.intermediateSize(), e, spec.feedForwardBias());
            down = parts.linear("mlp.down_proj", e, spec.intermediateSize(), spec.feedForwardBias());
        }
    }

    @Override
    public Tensor layer(int index, Tensor hidden, LayerRun run) {
        Layer layer = layers.get(index);
        Made input = run.norm(layer.inputNorm, hidden);
        Made attended = run.attend(
                index,
                heads(run.linear(layer.query, input)),
                heads(run.linear(layer.key, input)),
                heads(run.linear(layer.value, input))); // [N, H * D]
        Tensor middle = run.select(hidden).add(run.linear(layer.attentionOut, attended)); // [N, E]
        Made normed = run.norm(layer.postAttentionNorm, middle);
        Made gated = Made.by(Llama::gated, run.linear(layer.gate, normed), run.linear(layer.up, normed)); // [N, F]
        return middle.add(run.linear(layer.down, gated));
    }

    private static Tensor gated(Tensor gate, Tensor values) {
        return torch.silu(gate).mul(values);
    }

    private Tensor heads(Tensor flat) {
        return flat.view(flat.size(0), -1, spec.headDim()); // [T, heads, D]
    }
}
