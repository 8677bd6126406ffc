package org.betatron.torch.architecture;

import java.util.List;
import org.betatron.torch.attention.AttentionSpec;
import org.betatron.torch.attention.RotaryKeys;
import org.betatron.torch.files.ConfigReader;
import org.betatron.torch.weight.HeadKind;

/// Qwen2 and Qwen2.5 (Yang et al. 2024, arXiv 2407.10671 and 2412.15115): Llama with biases of
/// queries, keys and values.
final class Qwen2 {

    private Qwen2() {}

    static DecoderSpec parse(ConfigReader config) {
        Activation.parse(config, "hidden_act", "silu", Activation.SILU);
        Shape shape = Shape.parse(config).saying(config, "num_key_value_heads");
        LayerSpec layer = LayerSpec.plain(Llama.epsilon(config)).withBiases(true, false, false);
        return DecoderSpec.uniform("Qwen2", shape, layer, RotaryKeys.LLAMA, config, HeadKind.parse(config, false))
                .withWindows(windows(config, shape.numLayers()));
    }

    /// @return windows as Qwen2 and Qwen3 have them: in the upper layers, and only if they are
    ///     turned on
    static List<Integer> windows(ConfigReader config, int numLayers) {
        boolean on = config.flag("use_sliding_window", false)
                && !config.value("sliding_window").isNull();
        int window = config.integer("sliding_window", on ? 4096 : AttentionSpec.WHOLE);
        double first = config.number("max_window_layers", 28);
        List<Boolean> sliding = Windows.sliding(config, numLayers, index -> on && index >= first);
        if (!on && sliding.contains(true)) {
            throw config.unsupported("layer_types", "full_attention only, as windows are turned off,");
        }
        return Windows.of(sliding, window);
    }
}
