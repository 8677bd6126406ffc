package org.betatron.core.objective;

/// The squared loss of IPO: the margin is pulled towards `1 / (2 beta)` from both sides.
///
/// ```text
/// loss = (m - 1/(2 beta))^2
/// d loss / d m = 2 * (m - 1/(2 beta))
/// ```
///
/// Source: Azar et al. 2023, arXiv 2310.12036, whose tau is our beta. A small beta is a far target:
/// 1e-3 asks for a margin of 500, so dynamic beta needs its floor here.
public record SquaredLink() implements MarginLink {

    @Override
    public double loss(double beta, double margin) {
        double distance = margin - 1 / (2 * beta);
        return distance * distance;
    }

    @Override
    public double derivative(double beta, double margin) {
        return 2 * (margin - 1 / (2 * beta));
    }
}
