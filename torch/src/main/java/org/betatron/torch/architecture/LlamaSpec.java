package org.betatron.torch.architecture;

import java.util.List;
import org.betatron.torch.attention.RotaryKeys;
import org.betatron.torch.attention.RotarySpec;
import org.betatron.torch.files.ConfigReader;
import org.betatron.torch.weight.HeadKind;

/// Shape of a Llama model.
///
/// @param vocabularySize   rows of the embedding
/// @param maxPositions     longest sequence, tokens
/// @param numLayers        transformer layers
/// @param hiddenSize       width of the residual stream
/// @param numHeads         query heads
/// @param numKeyValueHeads key and value heads; each serves `numHeads / numKeyValueHeads` query heads
/// @param headDim          dimensions of a head
/// @param intermediateSize width of the feed-forward layer
/// @param normEpsilon      added to the mean square in norms
/// @param attentionBias    whether attention projections have biases
/// @param feedForwardBias  whether feed-forward projections have biases
/// @param head             what is computed from the last states
/// @param initializerRange standard deviation of fresh matrices
/// @param rotary           rotary embedding
record LlamaSpec(
        int vocabularySize,
        int maxPositions,
        int numLayers,
        int hiddenSize,
        int numHeads,
        int numKeyValueHeads,
        int headDim,
        int intermediateSize,
        double normEpsilon,
        boolean attentionBias,
        boolean feedForwardBias,
        HeadKind head,
        double initializerRange,
        RotarySpec rotary)
        implements ArchitectureSpec {

    static LlamaSpec parse(ConfigReader config) {
        int hiddenSize = config.integer("hidden_size");
        int numHeads = config.count("num_attention_heads");
        int numKeyValueHeads = config.integer("num_key_value_heads", numHeads);
        config.requireMultiple("num_attention_heads", numHeads, "num_key_value_heads", numKeyValueHeads);
        if (!List.of("silu", "swish").contains(config.text("hidden_act", "silu"))) {
            throw config.unsupported("hidden_act", "silu");
        }
        if (!config.has("head_dim")) {
            config.requireMultiple("hidden_size", hiddenSize, "num_attention_heads", numHeads);
        }
        int headDim = config.integer("head_dim", hiddenSize / numHeads);
        double normEpsilon = config.number("rms_norm_eps", 1e-6);
        config.requireIfThere("layer_norm_eps", normEpsilon);
        config.requireOff(List.of("use_parallel_residual"));
        return new LlamaSpec(
                config.integer("vocab_size"),
                config.integer("max_position_embeddings"),
                config.count("num_hidden_layers"),
                hiddenSize,
                numHeads,
                numKeyValueHeads,
                headDim,
                config.integer("intermediate_size"),
                normEpsilon,
                config.flag("attention_bias", false),
                config.flag("mlp_bias", false),
                HeadKind.parse(config),
                config.number("initializer_range", 0.02),
                RotarySpec.parse(config, headDim, RotaryKeys.LLAMA));
    }

    @Override
    public long graphNumbersPerLayer() {
        long keyValue = (long) numKeyValueHeads * headDim;
        return 8L * hiddenSize + 2L * numHeads * headDim + 5 * keyValue + 4L * intermediateSize;
    }

    @Override
    public long remadeNumbersPerLayer() {
        return 2L * hiddenSize + intermediateSize; // two norms, gated values
    }

    @Override
    public RotaryKeys rotaryKeys() {
        return RotaryKeys.LLAMA;
    }

    @Override
    public Architecture architecture() {
        return new Llama(this);
    }
}
