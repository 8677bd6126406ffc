package org.betatron.evaluation.frontier;

import org.jspecify.annotations.Nullable;

/// A run at one moment, measured on two halves of the questions.
///
/// @param share of the run's steps that were done, in [0, 1]; 0 for where all runs start
/// @param tuned half on which settings are chosen
/// @param held  half that is reported
public record FrontierPoint(double share, Half tuned, Half held) {

    /// @param reward mean true reward of drawn answers
    /// @param kl     from the start, nats per answer: mean log-ratio of these answers; noise may make it
    ///     negative near the start
    /// @param proxy  mean of what runs were rewarded with instead of the true reward, in its own unit; null where
    ///     there is no such reward
    public record Half(double reward, double kl, @Nullable Double proxy) {

        /// Of a run that was not rewarded with anything else.
        public Half(double reward, double kl) {
            this(reward, kl, null);
        }

        /// @return NaN where there is none
        double proxyOrNaN() {
            return proxy == null ? Double.NaN : proxy;
        }

        /// @return root of the divergence, in which rewards are nearly a line at first (Gao et al. 2022, arXiv
        ///     2210.10760)
        double distance() {
            return Math.sqrt(Math.max(0, kl));
        }
    }
}
