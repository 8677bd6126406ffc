package org.betatron.evaluation.frontier;

/// A run at one moment, measured on two halves of the questions.
///
/// @param share of the run's steps that were done, in [0, 1]; 0 for where all runs start
/// @param tuned half on which settings are chosen
/// @param held  half that is reported
public record FrontierPoint(double share, Half tuned, Half held) {

    /// @param reward mean true reward of drawn answers
    /// @param kl     from the start, nats per answer: mean log-ratio of these answers; noise may make it
    ///     negative near the start
    public record Half(double reward, double kl) {

        /// @return root of the divergence, in which rewards are nearly a line at first (Gao et al. 2022, arXiv
        ///     2210.10760)
        double distance() {
            return Math.sqrt(Math.max(0, kl));
        }
    }
}
