package org.betatron.torch.architecture;

import java.util.List;
import org.betatron.torch.attention.RotaryKeys;
import org.betatron.torch.files.ConfigReader;
import org.betatron.torch.weight.HeadKind;

/// Llama (Touvron et al. 2023, arXiv 2302.13971; grouped queries and rope scaling as in Llama 3),
/// SmolLM and SmolLM2.
final class Llama {

    private Llama() {}

    static DecoderSpec parse(ConfigReader config) {
        Shape shape = Shape.parse(config);
        Windows.requireNone(config, shape.numLayers());
        Activation.parse(config, "hidden_act", "silu", Activation.SILU);
        boolean attentionBias = config.flag("attention_bias", false);
        LayerSpec layer = LayerSpec.plain(epsilon(config))
                .withBiases(attentionBias, attentionBias, config.flag("mlp_bias", false));
        return DecoderSpec.uniform("Llama", shape, layer, RotaryKeys.LLAMA, config, HeadKind.parse(config, false));
    }

    /// @return what families that descend from it add to the mean square in norms
    static double epsilon(ConfigReader config) {
        return epsilon(config, 1e-6);
    }

    /// @param usual where the file says nothing
    static double epsilon(ConfigReader config, double usual) {
        double epsilon = config.number("rms_norm_eps", usual);
        config.requireIfThere("layer_norm_eps", epsilon);
        config.requireOff(List.of("use_parallel_residual"));
        return epsilon;
    }
}
