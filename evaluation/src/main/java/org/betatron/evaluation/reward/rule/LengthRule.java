package org.betatron.evaluation.reward.rule;

import static org.betatron.core.Numbers.require;

import java.util.Locale;
import org.betatron.evaluation.reward.RewardPrompt;
import org.betatron.evaluation.reward.WrittenText;

/// Prefers answers of some length.
///
/// ```text
/// excess = max(0, |length - target| - tolerance), 0 on the side that does not matter
/// reward = -min(1, excess / falloff), in [-1, 0]
/// ```
///
/// With side `longer`, this is the soft punishment of overlong answers of DAPO (arXiv 2503.14476,
/// section 3.4), with `L_max = target + falloff` and `L_cache = falloff`.
///
/// @param target    length without punishment, ≥ 1
/// @param unit      what is counted
/// @param tolerance how far a length may be from the target, ≥ 0
/// @param falloff   excess from which on the reward is -1, > 0
/// @param side      which lengths are punished
public record LengthRule(int target, Unit unit, int tolerance, double falloff, Side side) implements Rule {

    /// What is counted.
    public enum Unit {
        /// Tokens that the policy drew, the one that ended the answer included.
        TOKENS,
        /// Code points of the text.
        CHARACTERS
    }

    /// Which lengths are punished.
    public enum Side {
        BOTH,
        LONGER,
        SHORTER
    }

    public LengthRule {
        require("target", target >= 1, "≥ 1", target);
        require("tolerance", tolerance >= 0, "≥ 0", tolerance);
        require("falloff", falloff > 0 && falloff < Double.POSITIVE_INFINITY, "finite and > 0", falloff);
    }

    @Override
    public String identity() {
        return ("length " + target + " " + unit + ", tolerance " + tolerance + ", falloff " + falloff + ", side "
                        + side)
                .toLowerCase(Locale.ROOT);
    }

    @Override
    public double score(RewardPrompt prompt, WrittenText answer) {
        int length = switch (unit) {
            case TOKENS -> answer.numTokens();
            case CHARACTERS -> answer.text().codePointCount(0, answer.text().length());
        };
        double longer = (double) length - target;
        double distance = switch (side) {
            case BOTH -> Math.abs(longer);
            case LONGER -> longer;
            case SHORTER -> -longer;
        };
        // Not -0 where nothing is punished.
        return 0 - Math.min(1, Math.max(0, distance - tolerance) / falloff);
    }
}
