package org.betatron.core.policy;

import org.betatron.core.Source;

/// Generalized advantage estimation of one answer.
///
/// ```text
/// delta_t = r_t + gamma V_{t+1} - V_t        V after the last token 0
/// A_t = delta_t + gamma lambda A_{t+1}
/// return_t = A_t + V_t
/// ```
@Source("Schulman et al. 2016, arXiv 1506.02438")
final class GeneralizedAdvantage {

    private GeneralizedAdvantage() {}

    /// @param rewards of each token
    /// @param values  expected before each token
    /// @return advantage of each token
    static double[] of(double[] rewards, double[] values, double gamma, double lambda) {
        double[] advantages = new double[rewards.length];
        double after = 0;
        double valueAfter = 0;
        for (int t = rewards.length - 1; t >= 0; t--) {
            after = rewards[t] + gamma * valueAfter - values[t] + gamma * lambda * after;
            valueAfter = values[t];
            advantages[t] = after;
        }
        return advantages;
    }
}
