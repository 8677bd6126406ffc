package org.betatron.torch.architecture;

import org.betatron.torch.weight.NormPart;
import org.jspecify.annotations.Nullable;

/// What the layers of a [Decoder] are made of.
///
/// @param norm           which norm
/// @param normEpsilon    added to the mean square in norms
/// @param places         where they stand
/// @param queryKeyNorm   norm of queries and keys before they are turned
/// @param biases         which affine maps have one
/// @param fused          whether queries, keys and values are one map, and gates and what they gate another
/// @param activation     of the gates
record LayerSpec(
        NormPart.Kind norm,
        double normEpsilon,
        NormPlaces places,
        QueryKeyNorm queryKeyNorm,
        Biases biases,
        boolean fused,
        Activation activation) {

    /// Where norms stand: the name of each, null where there is none.
    ///
    /// @param beforeAttention   of what attention reads
    /// @param afterAttention    of what it adds
    /// @param beforeFeedForward of what the feed-forward layer reads
    /// @param afterFeedForward  of what it adds
    record NormPlaces(
            @Nullable String beforeAttention,
            @Nullable String afterAttention,
            @Nullable String beforeFeedForward,
            @Nullable String afterFeedForward) {

        static final NormPlaces BEFORE = new NormPlaces("input_layernorm", null, "post_attention_layernorm", null);
        static final NormPlaces AFTER =
                new NormPlaces(null, "post_attention_layernorm", null, "post_feedforward_layernorm");
        static final NormPlaces AROUND = new NormPlaces(
                "input_layernorm",
                "post_attention_layernorm",
                "pre_feedforward_layernorm",
                "post_feedforward_layernorm");
    }

    /// Norm of queries and keys.
    enum QueryKeyNorm {
        NONE,
        /// Of each head by itself.
        OF_HEADS,
        /// Of all heads together.
        OF_ALL
    }

    /// @param queryKeyValue of queries, keys and values
    /// @param attentionOut  of what attention adds
    /// @param feedForward   of the feed-forward layer
    record Biases(boolean queryKeyValue, boolean attentionOut, boolean feedForward) {

        static final Biases NONE = new Biases(false, false, false);
    }

    /// @return as in Llama: norms of root mean square before, no biases, gates of SiLU
    static LayerSpec plain(double normEpsilon) {
        return new LayerSpec(
                NormPart.Kind.ROOT_MEAN_SQUARE,
                normEpsilon,
                NormPlaces.BEFORE,
                QueryKeyNorm.NONE,
                Biases.NONE,
                false,
                Activation.SILU);
    }

    LayerSpec withBiases(boolean queryKeyValue, boolean attentionOut, boolean feedForward) {
        return new LayerSpec(
                norm,
                normEpsilon,
                places,
                queryKeyNorm,
                new Biases(queryKeyValue, attentionOut, feedForward),
                fused,
                activation);
    }

    LayerSpec withQueryKeyNorm(QueryKeyNorm other) {
        return new LayerSpec(norm, normEpsilon, places, other, biases, fused, activation);
    }

    LayerSpec withNorms(NormPart.Kind other, NormPlaces otherPlaces) {
        return new LayerSpec(other, normEpsilon, otherPlaces, queryKeyNorm, biases, fused, activation);
    }

    LayerSpec withFusedMaps() {
        return new LayerSpec(norm, normEpsilon, places, queryKeyNorm, biases, true, activation);
    }

    LayerSpec withActivation(Activation other) {
        return new LayerSpec(norm, normEpsilon, places, queryKeyNorm, biases, fused, other);
    }
}
