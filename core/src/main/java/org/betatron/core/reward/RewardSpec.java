package org.betatron.core.reward;

import org.betatron.core.Numbers;

/// What a reward model learns from pairs of answers.
///
/// @param marginScale by how much the better answer's score has to exceed the other's, per unit by
///     which the data's own scores differ, in [0, ∞); 0 for no margin, and for data without scores
/// @param centering   weight of the term that keeps scores around zero, in [0, ∞); 0 for none. The
///     loss depends on differences only, so without it scores may drift together
public record RewardSpec(double marginScale, double centering) {

    /// Neither, as in TRL's `RewardConfig`. A centering of 0.01 is what its documentation
    /// recommends.
    public static final RewardSpec DEFAULT = new RewardSpec(0, 0);

    public RewardSpec {
        Numbers.require(
                "marginScale", marginScale >= 0 && marginScale < Double.POSITIVE_INFINITY, "in [0, ∞)", marginScale);
        Numbers.require("centering", centering >= 0 && centering < Double.POSITIVE_INFINITY, "in [0, ∞)", centering);
    }

    /// @return whether the data's own scores are read
    public boolean needsScores() {
        return marginScale > 0;
    }
}
