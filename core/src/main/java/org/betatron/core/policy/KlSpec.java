package org.betatron.core.policy;

import static org.betatron.core.Numbers.require;

import java.util.Locale;
import java.util.Optional;

/// What it costs to leave the reference.
///
/// Where `target` is given, the coefficient follows the divergence (Ziegler et al. 2019, arXiv
/// 1909.08593, section 2.2), once per rollout of `n` answers:
///
/// ```text
/// e = clip(KL / target - 1, -0.2, 0.2)        KL mean of answers, nats
/// coefficient <- coefficient * (1 + e n / horizon)
/// ```
///
/// @param coefficient cost of one nat in units of the reward, in [0, ∞); 0 for none, and then no
///     reference is needed. Where it adapts, what it begins with
/// @param estimator   what is counted at each token
/// @param place       what it is a part of. Of answers of one token, what a policy ends at is
///     proportional to `q e^(r / coefficient)` with `K1` of rewards, `K2` of the loss, or `K1` and
///     `K3` of the loss where `timesRatio`, and something else otherwise
/// @param target      nats per answer that an adapting coefficient aims at, in [0, ∞); 0 for a
///     coefficient that stays
/// @param horizon     answers in which an adapting coefficient can follow, > 0; 10,000 in the paper
/// @param timesRatio  whether an estimate in the loss is multiplied by the ratio `p / p_old`, not
///     clipped, and that is differentiated too: then estimators that are unbiased, `K1` and `K3`,
///     have the gradient of the divergence (DeepSeek-AI 2025, arXiv 2512.02556; the default of TRL)
public record KlSpec(
        double coefficient, KlEstimator estimator, KlPlace place, double target, double horizon, boolean timesRatio) {

    private static final double MAX_ERROR = 0.2;

    public KlSpec {
        require("coefficient", coefficient >= 0 && coefficient < Double.POSITIVE_INFINITY, "in [0, ∞)", coefficient);
        require("target", target >= 0 && target < Double.POSITIVE_INFINITY, "in [0, ∞)", target);
        require("horizon", horizon > 0 && horizon < Double.POSITIVE_INFINITY, "in (0, ∞)", horizon);
        if (target > 0 && coefficient == 0) {
            throw new IllegalArgumentException("coefficient must be > 0 where target is given but was 0:"
                    + " a coefficient that adapts is multiplied, so it would stay 0");
        }
        if (timesRatio && place == KlPlace.REWARD) {
            throw new IllegalArgumentException("timesRatio must be false where place is reward but was true:"
                    + " what is taken off rewards is not differentiated");
        }
        if (coefficient > 0 && place == KlPlace.LOSS && estimator == KlEstimator.K1 && !timesRatio) {
            throw new IllegalArgumentException("estimator must be k2 or k3 where place is loss but was k1:"
                    + " its derivative is 0 in the mean, so nothing would be held back; timesRatio: true mends that");
        }
    }

    /// A coefficient that stays.
    public static KlSpec fixed(double coefficient, KlEstimator estimator, KlPlace place) {
        return new KlSpec(coefficient, estimator, place, 0, 10_000, false);
    }

    /// @return whether a reference has to be asked
    public boolean needsReference() {
        return coefficient > 0;
    }

    /// @return what to know of an estimate that is right as a number and wrong as a cost
    public Optional<String> remark() {
        return coefficient > 0 && place == KlPlace.REWARD && estimator != KlEstimator.K1
                ? Optional.of("policy.kl.estimator: " + estimator.name().toLowerCase(Locale.ROOT)
                        + " in the reward does not hold the policy at the optimum of reward and divergence, since answers"
                        + " that have become less probable pay as well; k1 does, or place: loss")
                : Optional.empty();
    }

    /// @param now        the coefficient of the last rollout
    /// @param kl         mean divergence of its answers from the reference, nats
    /// @param numAnswers answers that it had
    /// @return the coefficient of the next one
    public double next(double now, double kl, int numAnswers) {
        if (target == 0) {
            return now;
        }
        double error = Math.clamp(kl / target - 1, -MAX_ERROR, MAX_ERROR);
        // A rollout that is longer than the horizon must not turn the sign.
        return now * Math.max(0.5, 1 + error * numAnswers / horizon);
    }
}
