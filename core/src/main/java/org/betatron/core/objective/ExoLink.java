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
/// @param labelSmoothing `e`, in (0, 0.5)
record ExoLink(double labelSmoothing) implements MarginLink {

    @Override
    public double loss(double beta, double margin) {
        double z = beta * margin;
        return sigmoid(z) * (-softplus(-z) - Math.log1p(-labelSmoothing))
                + sigmoid(-z) * (-softplus(z) - Math.log(labelSmoothing));
    }

    @Override
    public double derivative(double beta, double margin) {
        double z = beta * margin;
        double target = Math.log1p(-labelSmoothing) - Math.log(labelSmoothing);
        return beta * sigmoid(z) * sigmoid(-z) * (z - target);
    }
}
