package org.betatron.core.policy;

import static org.betatron.core.Numbers.require;

import org.betatron.core.Source;

/// The clipped surrogate: how far a probability may move on one rollout.
///
/// ```text
/// rho = p / p_old        loss = -min( min(rho, ceiling) A, clip(rho, 1 - low, 1 + high) A )
/// ```
///
/// `p_old` is the probability when the answer was written, `A` its advantage. Where the ratio
/// counts at the level of answers, every token of an answer has that of the answer.
///
/// @param ratio   of what probabilities are compared
/// @param low     how far a ratio may fall below 1, in (0, 1]
/// @param high    how far it may rise above 1, in (0, ∞]
/// @param ceiling highest ratio of an answer that is worse than others, > 1 + high; infinite for
///     none. Dual clipping (arXiv 1912.09729), `delta` of TRL
@Source("Schulman et al. 2017, arXiv 1707.06347")
public record SurrogateSpec(RatioLevel ratio, double low, double high, double ceiling) {

    public SurrogateSpec {
        require("low", low > 0 && low <= 1, "in (0, 1]", low);
        require("high", high > 0, "in (0, ∞]", high);
        require("ceiling", ceiling > 1 + high || ceiling == Double.POSITIVE_INFINITY, "above 1 + high", ceiling);
    }

    /// @param clip how far a ratio may be from 1 on both sides
    public static SurrogateSpec clipped(RatioLevel ratio, double clip) {
        return new SurrogateSpec(ratio, clip, clip, Double.POSITIVE_INFINITY);
    }

    /// @param logRatio  `log rho`
    /// @param advantage `A`
    /// @return the loss
    double value(double logRatio, double advantage) {
        double ratio = CappedExp.value(logRatio);
        return -Math.min(Math.min(ratio, ceiling) * advantage, Math.clamp(ratio, 1 - low, 1 + high) * advantage);
    }

    /// @return its derivative by `log rho`
    double derivative(double logRatio, double advantage) {
        return isClipped(logRatio, advantage) ? 0 : -advantage * CappedExp.derivative(logRatio);
    }

    /// @return whether there is nothing to learn since the ratio fell, or rose, too far
    boolean isClipped(double logRatio, double advantage) {
        double ratio = CappedExp.value(logRatio);
        return advantage > 0 ? ratio > 1 + high : advantage < 0 && (ratio < 1 - low || ratio > ceiling);
    }
}
