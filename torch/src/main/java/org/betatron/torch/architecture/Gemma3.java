package org.betatron.torch.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.betatron.torch.architecture.LayerSpec.QueryKeyNorm;
import org.betatron.torch.attention.AttentionSpec;
import org.betatron.torch.attention.RotarySpec;
import org.betatron.torch.files.ConfigReader;
import org.betatron.torch.weight.HeadKind;
import org.betatron.torch.weight.ModelClasses;
import tools.jackson.databind.node.ObjectNode;

/// Gemma 3 (arXiv 2503.19786), its models of text alone: Gemma 2 with norms of each head's queries
/// and keys, a window in five of six layers, which are turned with another base, and no limits.
final class Gemma3 {

    private static final int HEAD_DIM = 256;
    private static final int PATTERN = 6;
    private static final double BASE = 1_000_000;
    private static final double LOCAL_BASE = 10_000;

    private Gemma3() {}

    static DecoderSpec parse(ConfigReader config) {
        Shape shape = Shape.parse(config, HEAD_DIM).saying(config, "num_key_value_heads");
        int pattern = config.integer("sliding_window_pattern", PATTERN);
        List<Boolean> sliding = Windows.sliding(config, shape.numLayers(), index -> (index + 1) % pattern != 0);
        int window = Gemma2.window(config);
        RotarySpec whole = wholeRotary(config, shape);
        RotarySpec local = localRotary(config, shape);
        List<AttentionSpec> attention = new ArrayList<>();
        for (boolean slides : sliding) {
            attention.add(AttentionSpec.whole(
                            shape.numHeads(), shape.numKeyValueHeads(), shape.headDim(), slides ? local : whole)
                    .withWindow(slides ? window : AttentionSpec.WHOLE)
                    .withScores(Gemma2.scale(config), Double.POSITIVE_INFINITY));
        }
        return new DecoderSpec(
                new ModelClasses("Gemma3ForCausalLM", "Gemma3TextForSequenceClassification"),
                shape,
                Gemma2.layer(config).withQueryKeyNorm(QueryKeyNorm.OF_HEADS),
                attention,
                new Rotations(whole, local),
                Math.sqrt(shape.hiddenSize()),
                Gemma2.cap(config, "final_logit_softcapping", Double.POSITIVE_INFINITY),
                HeadKind.parse(config, true),
                config.number("initializer_range", 0.02));
    }

    /// `rope_scaling` of transformers 4 is that of the layers without a window alone.
    private static RotarySpec wholeRotary(ConfigReader config, Shape shape) {
        double base = config.number("rope_theta", BASE);
        ConfigReader old = config.object("rope_scaling");
        ConfigReader current = config.object("rope_parameters").object("full_attention");
        if (old.has("type") && !old.has("rope_type")) {
            throw old.unsupported("type", "called rope_type, as transformers 5 does not read it here,");
        }
        // transformers 5 takes it from where it stands inside, or the positions after stretching.
        config.requireIfThere("original_max_position_embeddings", shape.maxPositions());
        double own = current.optionalNumber("rope_theta").orElse(base);
        RotarySpec spec = RotarySpec.parseOwn(config, old.isEmpty() ? current : old, own, shape.headDim());
        if (!old.isEmpty() && !current.isEmpty()) {
            RotarySpec other = RotarySpec.parseOwn(config, current, base, shape.headDim());
            if (!other.equals(spec)) {
                throw config.unsupported("rope_scaling", "missing, or what rope_parameters says of full_attention,");
            }
        }
        return spec;
    }

    private record Rotations(RotarySpec whole, RotarySpec local) implements Consumer<ObjectNode> {

        @Override
        public void accept(ObjectNode config) {
            config.put("rope_theta", whole.base()).put("rope_local_base_freq", local.base());
            if (whole.scaling() == null) {
                config.putNull("rope_scaling");
            } else {
                whole.describe(config.putObject("rope_scaling"));
            }
            ObjectNode both = config.putObject("rope_parameters");
            whole.describe(both.putObject("full_attention").put("rope_theta", whole.base()));
            local.describe(both.putObject("sliding_attention").put("rope_theta", local.base()));
        }
    }

    private static RotarySpec localRotary(ConfigReader config, Shape shape) {
        ConfigReader rope = config.object("rope_parameters");
        for (String flat : List.of("rope_type", "rope_theta")) {
            if (rope.has(flat)) {
                throw rope.unsupported(flat, "inside full_attention and sliding_attention");
            }
        }
        double base = config.number("rope_local_base_freq", LOCAL_BASE);
        return RotarySpec.parseOwn(config, rope.object("sliding_attention"), base, shape.headDim());
    }
}
