package org.betatron.training.online;

import static org.betatron.core.Numbers.require;

import java.util.Map;

/// Where learning from own answers ends before all steps are done.
///
/// @param kl       nats per answer from the start beyond which it ends, in [0, ∞); 0 for no such
///     limit
/// @param distinct share of answers to a prompt that differ below which it ends, in [0, 1]; 0 for
///     no such limit
public record StopSpec(double kl, double distinct) {

    /// No limits.
    public static final StopSpec DEFAULT = new StopSpec(0, 0);

    public StopSpec {
        require("kl", kl >= 0 && kl < Double.POSITIVE_INFINITY, "in [0, ∞)", kl);
        require("distinct", distinct >= 0 && distinct <= 1, "in [0, 1]", distinct);
    }

    /// @param summary of the last rollout
    /// @return whether it is beyond a limit
    boolean ends(Map<String, Double> summary) {
        return (kl > 0 && summary.getOrDefault(Rollout.KL, 0.0) > kl)
                || (distinct > 0 && summary.getOrDefault(Rollout.DISTINCT, 1.0) < distinct);
    }
}
