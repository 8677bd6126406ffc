package org.betatron.torch.architecture;

import java.util.List;
import org.betatron.torch.architecture.LayerSpec.NormPlaces;
import org.betatron.torch.attention.AttentionSpec;
import org.betatron.torch.attention.RotaryKeys;
import org.betatron.torch.files.ConfigReader;
import org.betatron.torch.weight.HeadKind;
import org.betatron.torch.weight.NormPart;
import tools.jackson.databind.JsonNode;

/// Gemma 2 (arXiv 2408.00118): norms around what layers add, GELU gates, a window in every other layer, limits of
/// scores and logits, and embedded tokens multiplied by the root of their width.
final class Gemma2 {

    private static final int HEAD_DIM = 256;
    private static final int WINDOW = 4096;
    private static final double SCORE_CAP = 50;
    private static final double LOGIT_CAP = 30;

    private Gemma2() {}

    static DecoderSpec parse(ConfigReader config) {
        Shape shape = Shape.parse(config, HEAD_DIM).saying(config, "num_key_value_heads");
        List<Boolean> sliding = Windows.sliding(config, shape.numLayers(), index -> index % 2 == 0);
        DecoderSpec plain = DecoderSpec.uniform(
                "Gemma2", shape, layer(config), RotaryKeys.LLAMA, config, HeadKind.parse(config, true));
        double cap = cap(config, "attn_logit_softcapping", SCORE_CAP);
        List<AttentionSpec> attention = plain.attention().stream()
                .map(spec -> spec.withScores(scale(config), cap))
                .toList();
        return plain.withAttention(attention)
                .withWindows(Windows.of(sliding, window(config)))
                .withFactors(Math.sqrt(shape.hiddenSize()), cap(config, "final_logit_softcapping", LOGIT_CAP));
    }

    /// @return layers as all Gemma models since 2 have them
    static LayerSpec layer(ConfigReader config) {
        boolean bias = config.flag("attention_bias", false);
        String usual = "gelu_pytorch_tanh";
        Activation activation = Activation.parse(config, "hidden_activation", usual, Activation.GELU_TANH);
        Activation.parse(config, "hidden_act", usual, Activation.GELU_TANH);
        return LayerSpec.plain(Llama.epsilon(config))
                .withBiases(bias, bias, false)
                .withNorms(NormPart.Kind.ROOT_MEAN_SQUARE_FROM_ONE, NormPlaces.AROUND)
                .withActivation(activation);
    }

    /// @return factor of scores
    static double scale(ConfigReader config) {
        return 1 / Math.sqrt(config.integer("query_pre_attn_scalar", HEAD_DIM));
    }

    static int window(ConfigReader config) {
        return config.value("sliding_window").isMissingNode() ? WINDOW : config.integer("sliding_window");
    }

    /// @param usual where the file does not say; `null` means none
    static double cap(ConfigReader config, String key, double usual) {
        JsonNode value = config.value(key);
        double cap = value.isMissingNode() ? usual : config.optionalNumber(key).orElse(Double.POSITIVE_INFINITY);
        if (cap <= 0) {
            throw config.unsupported(key, "above 0, or null for none,");
        }
        return cap;
    }
}
