package org.betatron.torch.architecture;

import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.betatron.torch.architecture.LayerSpec.NormPlaces;
import org.betatron.torch.architecture.LayerSpec.QueryKeyNorm;
import org.betatron.torch.attention.AttentionSpec;
import org.betatron.torch.attention.RotaryKeys;
import org.betatron.torch.attention.RotarySpec;
import org.betatron.torch.files.ConfigReader;
import org.betatron.torch.weight.HeadKind;
import tools.jackson.databind.node.ObjectNode;

/// A decoder with gated feed-forward layers, which most families are: what differs between them is said here.
///
/// @param family           what the classes of `transformers` begin with
/// @param shape            how many of what
/// @param layer            what layers are made of
/// @param attention        of each layer
/// @param rotary           of the layers that are turned as the settings of `config.json` say
/// @param rotaryKeys       how the family spells these settings
/// @param embeddingScale   what embedded tokens are multiplied by
/// @param logitCap         what logits stay below; infinite for no limit
/// @param head             what is computed from the last states
/// @param initializerRange standard deviation of fresh matrices
record DecoderSpec(
        String family,
        Shape shape,
        LayerSpec layer,
        List<AttentionSpec> attention,
        RotarySpec rotary,
        RotaryKeys rotaryKeys,
        double embeddingScale,
        double logitCap,
        HeadKind head,
        double initializerRange)
        implements ArchitectureSpec {

    /// Of a family whose layers all attend to everything before.
    static DecoderSpec uniform(
            String family, Shape shape, LayerSpec layer, RotaryKeys keys, ConfigReader config, HeadKind head) {
        RotarySpec rotary = shape.rotary(config, keys);
        AttentionSpec all = AttentionSpec.whole(shape.numHeads(), shape.numKeyValueHeads(), shape.headDim(), rotary);
        return new DecoderSpec(
                family,
                shape,
                layer,
                Collections.nCopies(shape.numLayers(), all),
                rotary,
                keys,
                1,
                Double.POSITIVE_INFINITY,
                head,
                config.number("initializer_range", 0.02));
    }

    /// @param windows most tokens that a query of each layer sees
    DecoderSpec withWindows(List<Integer> windows) {
        return withAttention(Windows.applied(attention, windows));
    }

    DecoderSpec withAttention(List<AttentionSpec> other) {
        return new DecoderSpec(
                family, shape, layer, other, rotary, rotaryKeys, embeddingScale, logitCap, head, initializerRange);
    }

    DecoderSpec withFactors(double ofEmbedding, double cap) {
        return new DecoderSpec(
                family, shape, layer, attention, rotary, rotaryKeys, ofEmbedding, cap, head, initializerRange);
    }

    @Override
    public int vocabularySize() {
        return shape.vocabularySize();
    }

    /// @return the longest sequence, no longer than positions mean the same in all
    @Override
    public int maxPositions() {
        return attention.stream().mapToInt(spec -> spec.rotary().positions()).reduce(shape.maxPositions(), Math::min);
    }

    @Override
    public int numLayers() {
        return shape.numLayers();
    }

    @Override
    public int numHeads() {
        return shape.numHeads();
    }

    @Override
    public int headDim() {
        return shape.headDim();
    }

    @Override
    public int hiddenSize() {
        return shape.hiddenSize();
    }

    @Override
    public long graphNumbersPerLayer() {
        long e = shape.hiddenSize();
        NormPlaces places = layer.places();
        // Beside the four streams: what enters each norm and what leaves it.
        long norms = 2
                * e
                * Stream.of(
                                places.beforeAttention(),
                                places.afterAttention(),
                                places.beforeFeedForward(),
                                places.afterFeedForward())
                        .filter(Objects::nonNull)
                        .count();
        long queryKey = layer.queryKeyNorm() == QueryKeyNorm.NONE ? 0 : shape.queryWidth() + shape.keyWidth();
        return 4 * e + norms + queryKey + 2 * shape.queryWidth() + 5 * shape.keyWidth() + 4L * shape.intermediateSize();
    }

    @Override
    public long remadeNumbersPerLayer() {
        NormPlaces places = layer.places();
        long norms = Stream.of(places.beforeAttention(), places.beforeFeedForward())
                .filter(Objects::nonNull)
                .count();
        return norms * shape.hiddenSize() + shape.intermediateSize(); // norms, gated values
    }

    @Override
    public void write(ObjectNode config) {
        rotary.write(config, shape.headDim(), rotaryKeys);
    }

    @Override
    public Architecture architecture() {
        return new Decoder(this);
    }
}
