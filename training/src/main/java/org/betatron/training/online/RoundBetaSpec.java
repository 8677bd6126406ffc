package org.betatron.training.online;

import static org.betatron.core.Numbers.require;

/// What becomes of beta_0 from round to round; within a round a calibration chooses.
public sealed interface RoundBetaSpec {

    /// @param ratio beta of the last round over beta_0
    /// @param kl    nats per answer from where the run began, at the end of that round; NaN where
    ///     it is not measured
    /// @return that of the next round
    double next(double ratio, double kl);

    /// @return whether the divergence from the start has to be measured
    default boolean needsKl() {
        return false;
    }

    /// The same in every round.
    record Constant() implements RoundBetaSpec {
        public static final Constant DEFAULT = new Constant();

        @Override
        public double next(double ratio, double kl) {
            return ratio;
        }
    }

    /// A factor for each round.
    ///
    /// @param factor of beta from one round to the next, > 0: above 1 later rounds move less
    record Geometric(double factor) implements RoundBetaSpec {
        public Geometric {
            require("factor", factor > 0 && factor < Double.POSITIVE_INFINITY, "> 0", factor);
        }

        @Override
        public double next(double ratio, double kl) {
            return ratio * factor;
        }
    }

    /// Follows the divergence from where the run began. Ours.
    ///
    /// ```text
    /// ratio <- clip( ratio exp( rate (KL / target - 1) ), minRatio, maxRatio )        exponent clipped to ±1
    /// ```
    ///
    /// @param target   nats per answer that are aimed at, > 0
    /// @param rate     how fast beta follows, > 0
    /// @param minRatio least beta over beta_0, > 0
    /// @param maxRatio most
    record Divergence(double target, double rate, double minRatio, double maxRatio) implements RoundBetaSpec {
        public Divergence {
            require("target", target > 0 && target < Double.POSITIVE_INFINITY, "> 0", target);
            require("rate", rate > 0 && rate < Double.POSITIVE_INFINITY, "> 0", rate);
            require("minRatio", minRatio > 0 && minRatio <= 1, "in (0, 1]", minRatio);
            require("maxRatio", maxRatio >= 1 && maxRatio < Double.POSITIVE_INFINITY, "≥ 1", maxRatio);
        }

        @Override
        public double next(double ratio, double kl) {
            double exponent = Math.clamp(rate * (kl / target - 1), -1, 1);
            return Math.clamp(ratio * Math.exp(exponent), minRatio, maxRatio);
        }

        @Override
        public boolean needsKl() {
            return true;
        }
    }
}
