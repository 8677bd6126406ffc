package org.betatron.torch.architecture;

import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.betatron.torch.architecture.LayerSpec.NormPlaces;
import org.betatron.torch.architecture.LayerSpec.QueryKeyNorm;
import org.betatron.torch.attention.AttentionSpec;
import org.betatron.torch.attention.RotaryKeys;
import org.betatron.torch.attention.RotarySpec;
import org.betatron.torch.files.ConfigReader;
import org.betatron.torch.weight.HeadKind;
import org.betatron.torch.weight.ModelClasses;
import tools.jackson.databind.node.ObjectNode;

/// A decoder with gated feed-forward layers, which most families are: what differs between them is said here.
///
/// @param classes          what the model is saved as
/// @param shape            how many of what
/// @param layer            what layers are made of
/// @param attention        of each layer
/// @param rotation         a record that writes how positions turn into a `config.json`, in the spellings of
/// transformers 4 and 5
/// @param embeddingScale   what embedded tokens are multiplied by
/// @param logitCap         what logits stay below; infinite for no limit
/// @param head             what is computed from the last states
/// @param initializerRange standard deviation of fresh matrices
record DecoderSpec(
        ModelClasses classes,
        Shape shape,
        LayerSpec layer,
        List<AttentionSpec> attention,
        Consumer<ObjectNode> rotation,
        double embeddingScale,
        double logitCap,
        HeadKind head,
        double initializerRange)
        implements ArchitectureSpec {

    /// One rotation of all layers that are turned.
    private record Uniform(RotarySpec rotary, int headDim, RotaryKeys keys) implements Consumer<ObjectNode> {

        @Override
        public void accept(ObjectNode config) {
            rotary.write(config, headDim, keys);
        }
    }

    /// Of a family whose layers all attend to everything before.
    ///
    /// @param family what the classes of `transformers` begin with
    static DecoderSpec uniform(
            String family, Shape shape, LayerSpec layer, RotaryKeys keys, ConfigReader config, HeadKind head) {
        RotarySpec rotary = shape.rotary(config, keys);
        AttentionSpec all = AttentionSpec.whole(shape.numHeads(), shape.numKeyValueHeads(), shape.headDim(), rotary);
        return new DecoderSpec(
                ModelClasses.of(family),
                shape,
                layer,
                Collections.nCopies(shape.numLayers(), all),
                new Uniform(rotary, shape.headDim(), keys),
                1,
                Double.POSITIVE_INFINITY,
                head,
                config.number("initializer_range", 0.02));
    }

    /// @param windows most tokens that a query of each layer sees
    DecoderSpec withWindows(List<Integer> windows) {
        return withAttention(Windows.applied(attention, windows));
    }

    /// @param other of each layer
    DecoderSpec withAttention(List<AttentionSpec> other) {
        return new DecoderSpec(
                classes, shape, layer, other, rotation, embeddingScale, logitCap, head, initializerRange);
    }

    /// @param ofEmbedding what embedded tokens are multiplied by
    /// @param cap         what logits stay below
    DecoderSpec withFactors(double ofEmbedding, double cap) {
        return new DecoderSpec(classes, shape, layer, attention, rotation, ofEmbedding, cap, head, initializerRange);
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
    public int statedPositions() {
        return shape.maxPositions();
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
        rotation.accept(config);
    }

    @Override
    public Architecture architecture() {
        return new Decoder(this);
    }
}
