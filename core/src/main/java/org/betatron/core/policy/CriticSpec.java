package org.betatron.core.policy;

import static org.betatron.core.Numbers.require;

/// What a critic learns: what reward is to be expected before each token.
///
/// ```text
/// loss_t = 1/2 max( (V - G)^2, (clip(V, V_old - clip, V_old + clip) - G)^2 )        G return
/// ```
///
/// @param coefficient weight of its loss beside the policy's, > 0: a critic that learns nothing
///     says
///     nothing; RLOO and GRPO have none
/// @param clip        how far a value may move on one rollout, in (0, ∞]
/// @param rate        its learning rate over the policy's, > 0
public record CriticSpec(double coefficient, double clip, double rate) {

    public CriticSpec {
        require("coefficient", coefficient > 0 && coefficient < Double.POSITIVE_INFINITY, "in (0, ∞)", coefficient);
        require("clip", clip > 0, "in (0, ∞]", clip);
        require("rate", rate > 0 && rate < Double.POSITIVE_INFINITY, "in (0, ∞)", rate);
    }

    /// @param value  now
    /// @param before when the answer was written
    /// @param target `G`
    /// @return the loss, without the coefficient
    double loss(double value, double before, double target) {
        double error = value - target;
        double clipped = Math.clamp(value, before - clip, before + clip) - target;
        return Math.max(error * error, clipped * clipped) / 2;
    }

    /// @return its derivative by the value
    double derivative(double value, double before, double target) {
        return isClipped(value, before, target) ? 0 : value - target;
    }

    /// @return whether the value has moved too far for anything to be learned
    boolean isClipped(double value, double before, double target) {
        double error = value - target;
        double clipped = Math.clamp(value, before - clip, before + clip) - target;
        return clipped * clipped > error * error;
    }
}
