package org.betatron.torch.architecture;

import java.util.Collections;
import org.betatron.torch.attention.RotaryKeys;
import org.betatron.torch.files.ConfigReader;
import org.betatron.torch.weight.HeadKind;

/// Mistral (Jiang et al. 2023, arXiv 2310.06825): Llama with a window in all layers, or, from
/// version 0.2 on, none.
final class Mistral {

    private static final int WINDOW = 4096;

    private Mistral() {}

    static DecoderSpec parse(ConfigReader config) {
        Activation.parse(config, "hidden_act", "silu", Activation.SILU);
        Shape shape = Shape.parse(config).saying(config, "num_key_value_heads");
        LayerSpec layer = LayerSpec.plain(Llama.epsilon(config));
        int window = Windows.ofAll(config, shape.numLayers(), WINDOW);
        return DecoderSpec.uniform("Mistral", shape, layer, RotaryKeys.LLAMA, config, HeadKind.parse(config, false))
                .withWindows(Collections.nCopies(shape.numLayers(), window));
    }
}
