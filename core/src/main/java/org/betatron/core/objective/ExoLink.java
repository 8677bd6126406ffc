package org.betatron.core.objective;

import static org.betatron.core.Numbers.sigmoid;
import static org.betatron.core.Numbers.softplus;

/// The loss of EXO: reverse KL between the model's preference and a smoothed label.
///
/// ```text
/// q = sigmoid(beta m)
/// loss = q [log q - log(1-e)] + (1-q) [log(1-q) - log e]
/// d loss / d m = beta q (1-q) [beta m - logit(1-e)]
/// ```
///
/// Source: Ji et al. 2024, arXiv 2402.00856. The authors' code uses unnormalised targets {0, -10} instead
/// of `log(1-e)` and `log e`.
///
/// @param logRight `log(1-e)`
/// @param logWrong `log e`
record ExoLink(double logRight, double logWrong) implements MarginLink {

    /// @param labelSmoothing `e`, in (0, 0.5)
    static ExoLink smoothed(double labelSmoothing) {
        return new ExoLink(Math.log1p(-labelSmoothing), Math.log(labelSmoothing));
    }

    @Override
    public double loss(double beta, double margin) {
        double z = beta * margin;
        double right = sigmoid(z);
        double surprise = softplus(-z); // -log q; that of 1 - q is z more
        return right * (-surprise - logRight) + (1 - right) * (-surprise - z - logWrong);
    }

    @Override
    public double derivative(double beta, double margin) {
        double z = beta * margin;
        return beta * sigmoid(z) * sigmoid(-z) * (z - (logRight - logWrong));
    }
}
