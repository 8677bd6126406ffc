package org.betatron.torch.architecture;

import java.util.ArrayList;
import java.util.List;
import org.betatron.torch.architecture.LayerSpec.NormPlaces;
import org.betatron.torch.attention.AttentionSpec;
import org.betatron.torch.linear.Made;
import org.betatron.torch.weight.Blueprint;
import org.betatron.torch.weight.EmbeddingPart;
import org.betatron.torch.weight.LinearPart;
import org.betatron.torch.weight.NormPart;
import org.betatron.torch.weight.Parts;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/// A decoder as its [DecoderSpec] says: Llama (Touvron et al. 2023, arXiv 2302.13971) and what differs from it in some
/// points, mirroring the models of `transformers`.
///
/// ```text
/// m = x + [norm] attention([norm] x)          y = m + [norm] down(act(gate([norm] m)) * up([norm] m))
/// ```
///
/// `T` rows, `N` rows that are asked for, `E` hidden size, `H` query heads, `K` key-value heads, `D` dimensions of a
/// head, `F` feed-forward width.
final class Decoder implements Architecture {

    private final DecoderSpec spec;
    private final List<Layer> layers = new ArrayList<>();
    private final Blueprint blueprint;

    Decoder(DecoderSpec spec) {
        this.spec = spec;
        Shape shape = spec.shape();
        List<Parts> parts = new ArrayList<>();
        for (int i = 0; i < shape.numLayers(); i++) {
            parts.add(new Parts("model.layers." + i + "."));
            layers.add(new Layer(spec, parts.getLast()));
        }
        blueprint = new Blueprint(
                spec.classes(),
                new EmbeddingPart(
                        "model.embed_tokens", shape.vocabularySize(), shape.hiddenSize(), spec.embeddingScale()),
                parts.stream().map(Parts::list).toList(),
                norm(spec, new Parts("model."), "norm", shape.hiddenSize()),
                new LinearPart("lm_head", shape.vocabularySize(), shape.hiddenSize(), false),
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
        return spec.attention();
    }

    @Override
    public double logitCap() {
        return spec.logitCap();
    }

    private static NormPart norm(DecoderSpec spec, Parts parts, String name, long width) {
        NormPart.Kind kind = spec.layer().norm();
        return parts.norm(name, width, kind, spec.layer().normEpsilon(), kind.start());
    }

    private static final class Layer {

        private final @Nullable NormPart beforeAttention;
        private final Projection attention;
        private final LinearPart attentionOut; // H * D -> E
        private final @Nullable NormPart afterAttention;
        private final @Nullable NormPart beforeFeedForward;
        private final Gate gate;
        private final LinearPart down; // F -> E
        private final @Nullable NormPart afterFeedForward;

        Layer(DecoderSpec spec, Parts parts) {
            Shape shape = spec.shape();
            LayerSpec layer = spec.layer();
            NormPlaces places = layer.places();
            long e = shape.hiddenSize();
            beforeAttention = optionalNorm(spec, parts, places.beforeAttention());
            attention = Projection.of(shape, layer, parts);
            attentionOut = parts.linear(
                    "self_attn.o_proj", e, shape.queryWidth(), layer.biases().attentionOut());
            afterAttention = optionalNorm(spec, parts, places.afterAttention());
            beforeFeedForward = optionalNorm(spec, parts, places.beforeFeedForward());
            gate = Gate.of(shape, layer, parts);
            down = parts.linear(
                    "mlp.down_proj", e, shape.intermediateSize(), layer.biases().feedForward());
            afterFeedForward = optionalNorm(spec, parts, places.afterFeedForward());
        }

        private static @Nullable NormPart optionalNorm(DecoderSpec spec, Parts parts, @Nullable String name) {
            return name == null ? null : norm(spec, parts, name, spec.shape().hiddenSize());
        }
    }

    @Override
    public Tensor layer(int index, Tensor hidden, LayerRun run) {
        Layer layer = layers.get(index);
        Projection.Heads heads = layer.attention.of(before(layer.beforeAttention, hidden, run), run);
        Made attended = run.attend(index, heads.queries(), heads.keys(), heads.values()); // [N, H * D]
        Tensor middle =
                run.select(hidden).add(after(layer.afterAttention, run.linear(layer.attentionOut, attended), run));
        Made gated = layer.gate.of(before(layer.beforeFeedForward, middle, run), run); // [N, F]
        return middle.add(after(layer.afterFeedForward, run.linear(layer.down, gated), run)); // [N, E]
    }

    private static Made before(@Nullable NormPart norm, Tensor entering, LayerRun run) {
        return norm == null ? Made.kept(entering) : run.norm(norm, entering);
    }

    private static Tensor after(@Nullable NormPart norm, Tensor leaving, LayerRun run) {
        return norm == null ? leaving : run.normed(norm, leaving);
    }
}
