package org.betatron.torch.architecture;

import java.util.Collections;
import org.betatron.torch.attention.AttentionSpec;
import org.betatron.torch.attention.RotaryKeys;
import org.betatron.torch.files.ConfigReader;
import org.betatron.torch.weight.HeadKind;
import tools.jackson.databind.JsonNode;

/// Mistral (Jiang et al. 2023, arXiv 2310.06825): Llama with a window in all layers, or, from version 0.2 on, none.
final class Mistral {

    private static final int WINDOW = 4096;

    private Mistral() {}

    static DecoderSpec parse(ConfigReader config) {
        Activation.parse(config, "hidden_act", "silu", Activation.SILU);
        Shape shape = Shape.parse(config);
        return DecoderSpec.uniform(
                        "Mistral",
                        shape,
                        LayerSpec.plain(Llama.epsilon(config)),
                        RotaryKeys.LLAMA,
                        config,
                        HeadKind.parse(config, false))
                .withWindows(Collections.nCopies(shape.numLayers(), window(config)));
    }

    /// @return the window of a file that says none is 4096 tokens; `null` turns it off
    private static int window(ConfigReader config) {
        if (config.value("sliding_window").isMissingNode()) {
            return WINDOW;
        }
        int window = config.integer("sliding_window", AttentionSpec.WHOLE);
        String kind = window == AttentionSpec.WHOLE ? "full_attention" : "sliding_attention";
        for (JsonNode type : config.value("layer_types")) {
            if (!type.asString("").equals(kind)) {
                throw config.unsupported("layer_types", kind + " only, as sliding_window holds for all layers,");
            }
        }
        return window;
    }
}
