package org.betatron.torch.architecture;

import org.betatron.torch.attention.RotaryKeys;
import org.betatron.torch.attention.RotarySpec;
import org.betatron.torch.files.ConfigReader;

/// How many of what a decoder has, and how wide it is: read alike in all families.
///
/// @param vocabularySize   rows of the embedding
/// @param maxPositions     longest sequence, tokens
/// @param numLayers        transformer layers
/// @param hiddenSize       width of the residual stream
/// @param numHeads         query heads
/// @param numKeyValueHeads key and value heads; each serves `numHeads / numKeyValueHeads` query heads
/// @param headDim          dimensions of a head
/// @param intermediateSize width of the feed-forward layer
record Shape(
        int vocabularySize,
        int maxPositions,
        int numLayers,
        int hiddenSize,
        int numHeads,
        int numKeyValueHeads,
        int headDim,
        int intermediateSize) {

    /// Of a family where heads share the hidden size, unless the file says another `head_dim`.
    static Shape parse(ConfigReader config) {
        int hiddenSize = config.integer("hidden_size");
        int numHeads = config.count("num_attention_heads");
        if (!config.has("head_dim")) {
            config.requireMultiple("hidden_size", hiddenSize, "num_attention_heads", numHeads);
        }
        return parse(config, Math.max(1, hiddenSize / numHeads));
    }

    /// @param headDim where the file says none
    static Shape parse(ConfigReader config, int headDim) {
        int numHeads = config.count("num_attention_heads");
        int numKeyValueHeads = config.integer("num_key_value_heads", numHeads);
        config.requireMultiple("num_attention_heads", numHeads, "num_key_value_heads", numKeyValueHeads);
        return new Shape(
                config.integer("vocab_size"),
                config.integer("max_position_embeddings"),
                config.count("num_hidden_layers"),
                config.integer("hidden_size"),
                numHeads,
                numKeyValueHeads,
                config.integer("head_dim", headDim),
                config.integer("intermediate_size"));
    }

    /// Requires what families take a number of their own for where a file says nothing.
    Shape saying(ConfigReader config, String key) {
        if (config.value(key).isMissingNode()) {
            throw config.unsupported(key, "said, as the family has a number of its own where it is not,");
        }
        return this;
    }

    /// @return the rotation of all layers
    RotarySpec rotary(ConfigReader config, RotaryKeys keys) {
        return RotarySpec.parse(config, headDim, keys);
    }

    /// @return what queries are, all heads
    long queryWidth() {
        return (long) numHeads * headDim;
    }

    /// @return what keys are, and values, all heads
    long keyWidth() {
        return (long) numKeyValueHeads * headDim;
    }
}
