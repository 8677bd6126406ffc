package org.betatron.torch.attention;

import org.betatron.torch.files.ConfigReader;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// How a family of transformers 4 spells the settings of its rotation: with single keys of `config.json`.
public enum RotaryKeys {
    /// The whole head turns. transformers 5 does not follow `partial_rotary_factor` here, and 4 fails with it.
    LLAMA("rope_theta", "rotary_emb_base", null, 1),

    /// A quarter of the head turns where nothing is said. transformers 4 follows `rope_theta`
    /// beside them, 5 does not.
    NEOX("rotary_emb_base", "rope_theta", "rotary_pct", 0.25);

    /// Key of transformers 5 for the rotated share of a head.
    static final String FRACTION = "partial_rotary_factor";

    /// Theta where nothing is said.
    static final double DEFAULT_BASE = 10_000;

    private final String base;
    private final String otherBase;
    private final @Nullable String fraction;
    private final double defaultFraction;

    RotaryKeys(String base, String otherBase, @Nullable String fraction, double defaultFraction) {
        this.base = base;
        this.otherBase = otherBase;
        this.fraction = fraction;
        this.defaultFraction = defaultFraction;
    }

    /// @return theta as the single key says it
    double base(ConfigReader config) {
        return config.number(base, DEFAULT_BASE);
    }

    /// @return the rotated share of a head as the single key says it
    double fraction(ConfigReader config) {
        return fraction == null ? defaultFraction : config.number(fraction, defaultFraction);
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
