package org.betatron.torch.architecture;

import org.betatron.torch.architecture.LayerSpec.QueryKeyNorm;
import org.betatron.torch.attention.RotaryKeys;
import org.betatron.torch.files.ConfigReader;
import org.betatron.torch.weight.HeadKind;

/// Qwen3 (Yang et al. 2025, arXiv 2505.09388), its dense models: Llama with norms of each head's queries and keys.
final class Qwen3 {

    private static final int HEAD_DIM = 128;

    private Qwen3() {}

    static DecoderSpec parse(ConfigReader config) {
        Activation.parse(config, "hidden_act", "silu", Activation.SILU);
        Shape shape = Shape.parse(config, HEAD_DIM).saying(config, "num_key_value_heads");
        boolean bias = config.flag("attention_bias", false);
        LayerSpec layer = LayerSpec.plain(Llama.epsilon(config))
                .withBiases(bias, bias, false)
                .withQueryKeyNorm(QueryKeyNorm.OF_HEADS);
        return DecoderSpec.uniform("Qwen3", shape, layer, RotaryKeys.LLAMA, config, HeadKind.parse(config, false))
                .withWindows(Qwen2.windows(config, shape.numLayers()));
    }
}
