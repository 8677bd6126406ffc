package org.betatron.torch.architecture;

import java.util.Collections;
import org.betatron.torch.attention.AttentionSpec;
import org.betatron.torch.attention.RotaryKeys;
import org.betatron.torch.files.ConfigReader;
import org.betatron.torch.weight.HeadKind;

/// Phi-3 and Phi-4 (arXiv 2404.14219, 2412.08905): Llama with one map for queries, keys and values, and
/// one for gates and what they gate.
final class Phi3 {

    private Phi3() {}

    static DecoderSpec parse(ConfigReader config) {
        Activation.parse(config, "hidden_act", "silu", Activation.SILU);
        Shape shape = Shape.parse(config);
        LayerSpec layer = LayerSpec.plain(Llama.epsilon(config, 1e-5)).withFusedMaps();
        config.value("original_max_position_embeddings"); // means something for longrope alone
        int window = Windows.ofAll(config, shape.numLayers(), AttentionSpec.WHOLE);
        return DecoderSpec.uniform("Phi3", shape, layer, RotaryKeys.PHI3, config, HeadKind.parse(config, false))
                .withWindows(Collections.nCopies(shape.numLayers(), window));
    }
}
