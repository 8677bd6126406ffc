package org.betatron.core.objective;

import org.betatron.core.Numbers;

/// The logistic loss of DPO, with label smoothing (cDPO) and a target margin (SimPO).
///
/// ```text
/// z = beta * (m - t)
/// loss = (1-e) * softplus(-z) + e * softplus(z)                     = softplus(-z) + e z
/// d loss / d m = beta * [ e * sigmoid(z) - (1-e) * sigmoid(-z) ]    = beta * [ e - sigmoid(-z) ]
/// ```
///
/// Sources: DPO, Rafailov et al. 2023, arXiv 2305.18290, equation 7 (`e = t = 0`); cDPO, Mitchell 2023,
/// "A note on DPO with noisy preferences" (`t = 0`); SimPO, Meng et al. 2024, arXiv 2405.14734 (`e =
/// 0`), whose margin gamma is `beta * t`.
///
/// With `e > 0` the infimum is the entropy of `e`, not zero: curves across `e` do not compare.
///
/// @param labelSmoothing `e`, probability that a label is wrong, in [0, 0.5)
/// @param targetMargin   `t`, margin that the loss asks for, in units of the score, finite
public record SigmoidLink(double labelSmoothing, double targetMargin) implements MarginLink {

    @Override
    public double loss(double beta, double margin) {
        double z = beta * (margin - targetMargin);
        // Without smoothing an infinite margin has to stay an infinite loss, and 0 * infinity is none.
        return labelSmoothing == 0 ? Numbers.softplus(-z) : Numbers.softplus(-z) + labelSmoothing * z;
    }

    @Override
    public double derivative(double beta, double margin) {
        double z = beta * (margin - targetMargin);
        return beta * (labelSmoothing - Numbers.sigmoid(-z));
    }
}
