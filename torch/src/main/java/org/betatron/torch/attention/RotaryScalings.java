package org.betatron.torch.attention;

import java.util.ArrayList;
import java.util.List;
import org.betatron.torch.error.ModelException;
import org.betatron.torch.files.ConfigReader;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Reads how a rotation is stretched.
///
/// @param config the configuration
/// @param rope   the object of it that holds the settings
/// @param dims   rotated dimensions of a head
/// @param keys   of the family
record RotaryScalings(ConfigReader config, ConfigReader rope, int dims, RotaryKeys keys) {

    static final String ORIGINAL = "original_max_position_embeddings";

    /// @return null for the default, which stretches nothing
    /// @throws ModelException if a setting is missing or malformed, or the kind is none that there is here
    @Nullable
    RotaryScaling parse() {
        String key = rope.value("rope_type").isMissingNode() ? "type" : "rope_type";
        if (rope.value(key).isNull()) {
            throw rope.unsupported(key, keys.kinds());
        }
        return switch (keys.kind(rope.text(key, "default"))) {
            case "default" -> null;
            case "linear" -> new LinearScaling(positive("factor"));
            case "dynamic" -> dynamic();
            case "yarn" -> yarn();
            case "longrope" -> longRope();
            case "llama3" -> llama3();
            default -> throw rope.unsupported(key, keys.kinds());
        };
    }

    private DynamicScaling dynamic() {
        if (dims <= 2) {
            throw new ModelException(rope.where() + ": dynamic needs more than 2 rotated dimensions of a head");
        }
        int positions = config.integer("max_position_embeddings");
        rope.requireIfThere(ORIGINAL, positions);
        return new DynamicScaling(positive("factor"), positions);
    }

    private YarnScaling yarn() {
        int original = originalPositions();
        double factor = positive("factor");
        double share = rope.optionalNumber("mscale").orElse(0);
        double shareOfAll = rope.optionalNumber("mscale_all_dim").orElse(0);
        double usual = share > 0 && shareOfAll > 0
                ? YarnScaling.attentionFactor(factor, share) / YarnScaling.attentionFactor(factor, shareOfAll)
                : YarnScaling.attentionFactor(factor, 1);
        return new YarnScaling(
                factor,
                positive("beta_fast", YarnScaling.FAST_TURNS),
                positive("beta_slow", YarnScaling.SLOW_TURNS),
                original,
                rope.flag("truncate", true),
                positive("attention_factor", usual));
    }

    private LongScaling longRope() {
        int original = originalPositions();
        double stretched = (double) config.integer("max_position_embeddings") / original;
        double usual = LongScaling.attentionFactor(positive("factor", stretched), original);
        return new LongScaling(
                factors("short_factor"), factors("long_factor"), original, positive("attention_factor", usual));
    }

    private List<Double> factors(String key) {
        JsonNode array = rope.value(key);
        List<Double> factors = new ArrayList<>();
        for (JsonNode number : array) {
            if (!number.isNumber() || !(number.asDouble() > 0) || number.asDouble() == Double.POSITIVE_INFINITY) {
                throw rope.unsupported(key, "a list of finite numbers above 0");
            }
            factors.add(number.asDouble());
        }
        if (factors.size() != dims / 2) {
            throw rope.unsupported(key, "a list of " + dims / 2 + " numbers, half the rotated dimensions,");
        }
        return factors;
    }

    private Llama3Scaling llama3() {
        Llama3Scaling scaling = new Llama3Scaling(
                rope.number("factor"),
                rope.number("low_freq_factor"),
                rope.number("high_freq_factor"),
                originalPositions());
        if (scaling.factor() <= 0 || scaling.lowFrequencyFactor() <= 0) {
            throw new ModelException(rope.where() + ": factor and low_freq_factor must be above 0");
        }
        if (scaling.highFrequencyFactor() <= scaling.lowFrequencyFactor()) {
            throw rope.unsupported("high_freq_factor", "above low_freq_factor");
        }
        return scaling;
    }

    private int originalPositions() {
        int positions = config.integer(ORIGINAL, keys.originalPositions(config));
        if (!rope.has(ORIGINAL)) {
            return positions;
        }
        if (config.has(ORIGINAL) || keys.saysOriginalOutside()) {
            rope.requireIfThere(ORIGINAL, positions);
        }
        return rope.integer(ORIGINAL);
    }

    private double positive(String key) {
        return positive(key, rope.number(key));
    }

    private double positive(String key, double fallback) {
        double number = rope.optionalNumber(key).orElse(fallback);
        if (number <= 0) {
            throw rope.unsupported(key, "above 0");
        }
        return number;
    }
}
