package org.betatron.core.objective;

import static org.betatron.core.Numbers.sigmoid;
import static org.betatron.core.Numbers.softplus;

/// The loss of DiscoPOP: logistic and exponential loss, blended by the margin itself.
///
/// ```text
/// z = beta m,   w = sigmoid(z / t)
/// loss = (1-w) softplus(-z) + w e^-z
/// d loss / d z = w (1-w) / t (e^-z - softplus(-z)) - (1-w) sigmoid(-z) - w e^-z
/// ```
///
/// Source: Lu et al. 2024, arXiv 2406.08414. At `t = 0.05` the derivative is positive for `z` between
/// -0.119 and 0.072: a policy that equals its reference is first pushed the wrong way. The products
/// with `e^-z` are taken in log space; computed directly they are `infinity * 0` below `z = -88` in
/// single precision.
///
/// @param temperature `t`, in (0, 1)
record DiscoveredLink(double temperature) implements MarginLink {

    @Override
    public double loss(double beta, double margin) {
        double z = beta * margin;
        double logBlend = -softplus(-z / temperature);
        return Math.exp(logBlend - z / temperature) * softplus(-z) + Math.exp(logBlend - z);
    }

    @Override
    public double derivative(double beta, double margin) {
        double z = beta * margin;
        double logBlend = -softplus(-z / temperature);
        double blend = Math.exp(logBlend);
        double rest = Math.exp(logBlend - z / temperature); // 1 - blend
        double exponential = Math.exp(logBlend - z); // times blend
        return beta * (rest * (exponential - blend * softplus(-z)) / temperature - rest * sigmoid(-z) - exponential);
    }
}
