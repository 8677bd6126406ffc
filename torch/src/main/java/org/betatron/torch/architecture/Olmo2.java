package org.betatron.torch.architecture;

import org.betatron.torch.architecture.LayerSpec.NormPlaces;
import org.betatron.torch.architecture.LayerSpec.QueryKeyNorm;
import org.betatron.torch.attention.RotaryKeys;
import org.betatron.torch.files.ConfigReader;
import org.betatron.torch.weight.HeadKind;
import org.betatron.torch.weight.NormPart;

/// OLMo 2 (arXiv 2501.00656): Llama with norms of what layers add instead of what they read, and
/// norms of all queries and all keys together.
final class Olmo2 {

    private Olmo2() {}

    static DecoderSpec parse(ConfigReader config) {
        Shape shape = Shape.parse(config);
        Windows.requireNone(config, shape.numLayers());
        Activation.parse(config, "hidden_act", "silu", Activation.SILU);
        boolean bias = config.flag("attention_bias", false);
        LayerSpec layer = LayerSpec.plain(Llama.epsilon(config, 1e-5))
                .withBiases(bias, bias, false)
                .withNorms(NormPart.Kind.ROOT_MEAN_SQUARE, NormPlaces.AFTER)
                .withQueryKeyNorm(QueryKeyNorm.OF_ALL);
        return DecoderSpec.uniform("Olmo2", shape, layer, RotaryKeys.LLAMA, config, HeadKind.parse(config, false));
    }
}
