package org.betatron.torch.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
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

/// GPT-2 (Radford et al. 2019), mirroring `GPT2Model` of `transformers`: positions are learned, and files hold the
/// matrices of affine maps with columns for rows.
///
/// `T` rows, `N` rows that are asked for, `E` hidden size, `H` heads, `D` dimensions of a head, `F` feed-forward width.
final class Gpt2 implements Architecture {

    private final Gpt2Spec spec;
    private final List<AttentionSpec> attention;
    private final List<Layer> layers = new ArrayList<>();
    private final Blueprint blueprint;

    Gpt2(Gpt2Spec spec) {
        this.spec = spec;
        attention =
                IntStream.range(0, spec.numLayers()).mapToObj(spec::attention).toList();
        List<Parts> parts = new ArrayList<>();
        for (int i = 0; i < spec.numLayers(); i++) {
            parts.add(new Parts("transformer.h." + i + "."));
            layers.add(new Layer(parts.getLast()));
        }
        blueprint = new Blueprint(
                new ModelClasses("GPT2LMHeadModel", "GPT2ForSequenceClassification"),
                new EmbeddingPart("transformer.wte", spec.vocabularySize(), spec.hiddenSize(), 1),
                new EmbeddingPart("transformer.wpe", spec.maxPositions(), spec.hiddenSize(), 1),
                parts.stream().map(Parts::list).toList(),
                norm(new Parts("transformer."), "ln_f"),
                new LinearPart("lm_head", spec.vocabularySize(), spec.hiddenSize(), false),
                spec.head(),
                spec.initializerRange(),
                List.of(".attn.bias", ".attn.masked_bias"));
    }

    @Override
    public Blueprint blueprint() {
        return blueprint;
    }

    @Override
    public List<AttentionSpec> attention() {
        return attention;
    }

    private NormPart norm(Parts parts, String name) {
        return parts.norm(name, spec.hiddenSize(), NormPart.Kind.LAYER, spec.normEpsilon(), 1);
    }

    private final class Layer {

        private final NormPart beforeAttention;
        private final LinearPart queryKeyValue; // E -> (q, k, v) * E
        private final LinearPart attentionOut; // E -> E
        private final NormPart beforeFeedForward;
        private final LinearPart up; // E -> F
        private final LinearPart down; // F -> E

        Layer(Parts parts) {
            long e = spec.hiddenSize();
            beforeAttention = norm(parts, "ln_1");
            queryKeyValue = parts.columns("attn.c_attn", 3 * e, e);
            attentionOut = parts.columns("attn.c_proj", e, e);
            beforeFeedForward = norm(parts, "ln_2");
            up = parts.columns("mlp.c_fc", spec.intermediateSize(), e);
            down = parts.columns("mlp.c_proj", e, spec.intermediateSize());
        }
    }

    @Override
    public Tensor layer(int index, Tensor hidden, LayerRun run) {
        Layer layer = layers.get(index);
        long e = spec.hiddenSize();
        Tensor fused = run.linear(layer.queryKeyValue, run.norm(layer.beforeAttention, hidden)); // [T, 3E]
        List<Tensor> parts = Tensors.split(fused, 1, e, e, e);
        // Values are a copy, or the graph would keep all three parts alive for the sake of this one.
        Made attended = run.attend(
                index,
                heads(parts.get(0)),
                heads(parts.get(1)),
                heads(parts.get(2)).contiguous()); // [N, E]
        Tensor middle = run.select(hidden).add(run.linear(layer.attentionOut, attended));
        Tensor above = run.linear(layer.up, run.norm(layer.beforeFeedForward, middle)); // [N, F]
        return middle.add(run.linear(layer.down, Made.by(spec.activation()::of, above)));
    }

    private Tensor heads(Tensor flat) {
        return flat.view(flat.size(0), -1, spec.headDim()); // [T, H, D]
    }
}
