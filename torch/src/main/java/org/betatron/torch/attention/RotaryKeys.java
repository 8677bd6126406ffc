package org.betatron.torch.attention;

import java.util.List;
import org.betatron.torch.files.ConfigReader;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// How a family of transformers spells the settings of its rotation: with single keys of `config.json` in 4, in an
/// object in 5.
public enum RotaryKeys {
    /// The whole head turns. transformers 5 does not follow `partial_rotary_factor` here, and 4 fails with it.
    LLAMA("rope_theta", "rotary_emb_base", 10_000, null, 1),

    /// As Llama, with another theta where nothing is said.
    SMOLLM3("rope_theta", "rotary_emb_base", 2_000_000, null, 1),

    /// Part of the head may turn. The context before stretching stands outside the object, and `yarn` is the name
    /// of older files for `longrope`.
    PHI3("rope_theta", "rotary_emb_base", 10_000, RotaryKeys.FRACTION, 1) {
        @Override
        String kind(String name) {
            return switch (name) {
                case "yarn" -> "longrope";
                case "default", "longrope" -> name;
                default -> "another";
            };
        }

        @Override
        String kinds() {
            return "default or longrope";
        }

        @Override
        int originalPositions(ConfigReader config) {
            return 4096;
        }

        @Override
        boolean saysOriginalOutside() {
            return true;
        }
    },

    /// A quarter of the head turns where nothing is said. transformers 4 follows `rope_theta`
    /// beside them, 5 does not.
    NEOX("rotary_emb_base", "rope_theta", 10_000, "rotary_pct", 0.25);

    /// Key of transformers 5 for the rotated share of a head.
    static final String FRACTION = "partial_rotary_factor";

    private final String base;
    private final String otherBase;
    private final double defaultBase;
    private final @Nullable String fraction;
    private final double defaultFraction;

    RotaryKeys(String base, String otherBase, double defaultBase, @Nullable String fraction, double defaultFraction) {
        this.base = base;
        this.otherBase = otherBase;
        this.defaultBase = defaultBase;
        this.fraction = fraction;
        this.defaultFraction = defaultFraction;
    }

    /// @return theta as the single key says it
    double base(ConfigReader config) {
        return config.number(base, defaultBase);
    }

    /// @return the rotated share of a head as the single key says it
    double fraction(ConfigReader config) {
        return fraction == null ? defaultFraction : config.number(fraction, defaultFraction);
    }

    /// @param name of a kind of stretching, in a file of the family
    /// @return its name elsewhere
    String kind(String name) {
        return name;
    }

    /// @return those that the family has, for messages
    String kinds() {
        return "default, linear, dynamic, yarn, longrope or llama3";
    }

    /// @return context length before stretching where nothing is said, tokens
    int originalPositions(ConfigReader config) {
        return config.integer("max_position_embeddings");
    }

    /// @return whether the family reads that length outside the object alone
    boolean saysOriginalOutside() {
        return false;
    }

    /// Refuses settings that the family does not read and that say something else than what it reads. Its own
    /// keys may repeat what the object with the rotation said.
    void requireAgreement(ConfigReader config, ConfigReader rope, double readBase, double readFraction) {
        config.readAgain(base, readBase);
        if (fraction != null) {
            config.readAgain(fraction, readFraction);
        }
        config.requireIfThere(otherBase, readBase);
        if (fraction == null) {
            rope.requireIfThere(FRACTION, defaultFraction);
            config.requireIfThere("rotary_pct", defaultFraction);
        }
        config.requireIfThere(FRACTION, readFraction);
        for (String layers : List.of("full_attention", "sliding_attention")) {
            if (rope.has(layers)) {
                throw rope.unsupported(layers, "missing, as all layers of the family turn alike,");
            }
        }
    }

    void write(ObjectNode config, ObjectNode current, double readBase, double readFraction) {
        config.put(base, readBase);
        current.put("rope_theta", readBase);
        if (fraction != null) {
            config.put(fraction, readFraction);
            current.put(FRACTION, readFraction);
        }
    }
}
