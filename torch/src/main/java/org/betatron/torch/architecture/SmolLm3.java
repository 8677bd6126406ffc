package org.betatron.torch.architecture;

import java.util.ArrayList;
import java.util.List;
import org.betatron.torch.attention.AttentionSpec;
import org.betatron.torch.attention.RotaryKeys;
import org.betatron.torch.attention.RotarySpec;
import org.betatron.torch.files.ConfigReader;
import org.betatron.torch.weight.HeadKind;
import tools.jackson.databind.JsonNode;

/// SmolLM3: Llama where positions turn nothing in every fourth layer (Yang et al. 2025, arXiv 2501.18795).
final class SmolLm3 {

    private static final int INTERVAL = 4;

    private SmolLm3() {}

    static DecoderSpec parse(ConfigReader config) {
        Activation.parse(config, "hidden_act", "silu", Activation.SILU);
        Shape shape = Shape.parse(config).saying(config, "num_key_value_heads");
        boolean bias = config.flag("attention_bias", false);
        LayerSpec layer = LayerSpec.plain(Llama.epsilon(config)).withBiases(bias, bias, config.flag("mlp_bias", false));
        DecoderSpec plain =
                DecoderSpec.uniform("SmolLM3", shape, layer, RotaryKeys.SMOLLM3, config, HeadKind.parse(config, true));
        List<Boolean> turned = turned(config, shape.numLayers());
        List<AttentionSpec> attention = new ArrayList<>();
        for (int i = 0; i < turned.size(); i++) {
            AttentionSpec spec = plain.attention().get(i);
            attention.add(turned.get(i) ? spec : spec.withRotary(RotarySpec.NONE));
        }
        return plain.withAttention(attention).withWindows(windows(config, turned));
    }

    private static List<Boolean> turned(ConfigReader config, int numLayers) {
        int interval = config.integer("no_rope_layer_interval", INTERVAL);
        List<Boolean> turned = new ArrayList<>();
        if (!config.has("no_rope_layers")) {
            for (int i = 0; i < numLayers; i++) {
                turned.add((i + 1) % interval != 0);
            }
            return turned;
        }
        for (JsonNode layer : config.value("no_rope_layers")) {
            turned.add(layer.asInt(-1) != 0); // 1 where positions turn, whatever the name says
        }
        if (turned.size() != numLayers) {
            throw config.unsupported("no_rope_layers", "a list with 0 or 1 for each of the " + numLayers + " layers");
        }
        return turned;
    }

    private static List<Integer> windows(ConfigReader config, List<Boolean> turned) {
        boolean on = config.flag("use_sliding_window", false) && config.has("sliding_window");
        List<Boolean> sliding = Windows.sliding(config, turned.size(), index -> on && !turned.get(index));
        if (!on && sliding.contains(true)) {
            throw config.unsupported("layer_types", "full_attention only, as use_sliding_window is off,");
        }
        return Windows.of(sliding, on ? config.integer("sliding_window") : AttentionSpec.WHOLE);
    }
}
