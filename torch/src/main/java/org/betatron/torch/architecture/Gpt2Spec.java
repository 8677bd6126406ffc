package org.betatron.torch.architecture;

import org.betatron.torch.attention.AttentionSpec;
import org.betatron.torch.attention.RotarySpec;
import org.betatron.torch.files.ConfigReader;
import org.betatron.torch.weight.HeadKind;
import tools.jackson.databind.node.ObjectNode;

/// Shape of a GPT-2 model.
///
/// @param vocabularySize   rows of the embedding
/// @param maxPositions     rows of the embedding of positions
/// @param numLayers        transformer layers
/// @param hiddenSize       width of the residual stream
/// @param numHeads         attention heads
/// @param intermediateSize width of the feed-forward layer
/// @param normEpsilon      added to the variance in layer norms
/// @param activation       of the feed-forward layer
/// @param head             what is computed from the last states
/// @param initializerRange standard deviation of fresh matrices
/// @param scalesScores     whether scores are divided by the root of a head's dimensions
/// @param scalesByLayer    whether they are divided by the number of the layer, too
record Gpt2Spec(
        int vocabularySize,
        int maxPositions,
        int numLayers,
        int hiddenSize,
        int numHeads,
        int intermediateSize,
        double normEpsilon,
        Activation activation,
        HeadKind head,
        double initializerRange,
        boolean scalesScores,
        boolean scalesByLayer)
        implements ArchitectureSpec {

    static Gpt2Spec parse(ConfigReader config) {
        int hiddenSize = config.integer("n_embd");
        int numHeads = config.count("n_head");
        int numLayers = config.count("n_layer");
        Windows.requireNone(config, numLayers);
        config.requireMultiple("n_embd", hiddenSize, "n_head", numHeads);
        int maxPositions = config.integer("n_positions");
        config.requireIfThere("n_ctx", maxPositions);
        // transformers takes these for other names of the same, and the name that a file says last.
        config.requireIfThere("hidden_size", hiddenSize);
        config.requireIfThere("num_attention_heads", numHeads);
        config.requireIfThere("num_hidden_layers", numLayers);
        config.requireIfThere("max_position_embeddings", maxPositions);
        return new Gpt2Spec(
                config.integer("vocab_size"),
                maxPositions,
                numLayers,
                hiddenSize,
                numHeads,
                config.integer("n_inner", 4 * hiddenSize),
                config.number("layer_norm_epsilon", 1e-5),
                Activation.parse(
                        config,
                        "activation_function",
                        "gelu_new",
                        Activation.GELU,
                        Activation.GELU_TANH,
                        Activation.SILU),
                HeadKind.parse(config, true),
                config.number("initializer_range", 0.02),
                config.flag("scale_attn_weights", true),
                config.flag("scale_attn_by_inverse_layer_idx", false));
    }

    /// @param layer number of the layer, from 0
    AttentionSpec attention(int layer) {
        double scale = scalesScores ? 1 / Math.sqrt(headDim()) : 1;
        return AttentionSpec.whole(numHeads, numHeads, headDim(), RotarySpec.NONE)
                .withScores(scalesByLayer ? scale / (layer + 1) : scale, Double.POSITIVE_INFINITY);
    }

    @Override
    public int headDim() {
        return hiddenSize / numHeads;
    }

    @Override
    public long graphNumbersPerLayer() {
        return 13L * hiddenSize + 2L * intermediateSize;
    }

    @Override
    public long remadeNumbersPerLayer() {
        return 2L * hiddenSize + intermediateSize; // two norms, GELU
    }

    /// Nothing is spelled in two ways.
    @Override
    public void write(ObjectNode config) {}

    @Override
    public Architecture architecture() {
        return new Gpt2(this);
    }
}
