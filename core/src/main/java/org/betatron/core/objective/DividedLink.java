package org.betatron.core.objective;

/// A loss of a margin divided by beta, zero at a margin of zero: beta then chooses how fast the
/// loss saturates, and no longer how long a step is.
///
/// ```text
/// loss = ( f(b, m) - f(b, 0) ) / b          d loss / d m = f'(b, m) / b
/// DPO:   (softplus(-b m) - log 2) / b                      -sigmoid(-b m)
/// ```
///
/// Of DPO the limit of small beta is `-m / 2`. Ours: no paper was found that studies it.
///
/// @param link `f`
record DividedLink(MarginLink link) implements MarginLink {

    @Override
    public double loss(double beta, double margin) {
        return (link.loss(beta, margin) - link.loss(beta, 0)) / beta;
    }

    @Override
    public double derivative(double beta, double margin) {
        return link.derivative(beta, margin) / beta;
    }
}
