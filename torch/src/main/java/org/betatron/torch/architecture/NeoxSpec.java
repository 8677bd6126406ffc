package org.betatron.torch.architecture;

import org.betatron.torch.attention.RotaryKeys;
import org.betatron.torch.attention.RotarySpec;
import org.betatron.torch.files.ConfigReader;
import org.betatron.torch.weight.HeadKind;
import tools.jackson.databind.node.ObjectNode;

/// Shape of a GPT-NeoX model, the architecture of Pythia.
///
/// @param vocabularySize   rows of the embedding
/// @param maxPositions     longest sequence, tokens
/// @param numLayers        transformer layers
/// @param hiddenSize       width of the residual stream
/// @param numHeads         attention heads
/// @param intermediateSize width of the feed-forward layer
/// @param normEpsilon      added to the variance in layer norms
/// @param parallelResidual whether attention and feed-forward read the same input
/// @param attentionBias    whether attention projections have biases
/// @param activation       of the feed-forward layer
/// @param head             what is computed from the last states
/// @param initializerRange standard deviation of fresh matrices
/// @param rotary           rotary embedding
record NeoxSpec(
        int vocabularySize,
        int maxPositions,
        int numLayers,
        int hiddenSize,
        int numHeads,
        int intermediateSize,
        double normEpsilon,
        boolean parallelResidual,
        boolean attentionBias,
        Activation activation,
        HeadKind head,
        double initializerRange,
        RotarySpec rotary)
        implements ArchitectureSpec {

    static NeoxSpec parse(ConfigReader config) {
        int numLayers = config.count("num_hidden_layers");
        Windows.requireNone(config, numLayers);
        int hiddenSize = config.integer("hidden_size");
        int numHeads = config.count("num_attention_heads");
        config.requireMultiple("hidden_size", hiddenSize, "num_attention_heads", numHeads);
        Activation activation = Activation.parse(config, "hidden_act", "gelu", Activation.GELU, Activation.GELU_TANH);
        double normEpsilon = config.number("layer_norm_eps", 1e-5);
        config.requireIfThere("rms_norm_eps", normEpsilon);
        config.requireIfThere("num_key_value_heads", numHeads);
        int headDim = hiddenSize / numHeads;
        config.requireIfThere("head_dim", headDim);
        return new NeoxSpec(
                config.integer("vocab_size"),
                config.integer("max_position_embeddings"),
                numLayers,
                hiddenSize,
                numHeads,
                config.integer("intermediate_size"),
                normEpsilon,
                config.flag("use_parallel_residual", true),
                config.flag("attention_bias", true),
                activation,
                HeadKind.parse(config, false),
                config.number("initializer_range", 0.02),
                RotarySpec.parse(config, headDim, RotaryKeys.NEOX));
    }

    /// @return the longest sequence, no longer than positions mean the same in all
    @Override
    public int maxPositions() {
        return Math.min(maxPositions, rotary.positions());
    }

    @Override
    public int statedPositions() {
        return maxPositions;
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

    @Override
    public void write(ObjectNode config) {
        rotary.write(config, headDim(), RotaryKeys.NEOX);
    }

    @Override
    public Architecture architecture() {
        return new Neox(this);
    }
}
