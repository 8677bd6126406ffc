package org.betatron.core.objective;

/// A loss that is zero once the margin is large enough.
///
/// ```text
/// loss = max(0, d - beta m)        d loss / d m = -beta where beta m < d, else 0
/// ```
///
/// Sources: the hinge on log-ratios is Liu et al. 2023 (RSO), arXiv 2309.06657, with `d = 1`; on
/// log-probabilities it is the ranking part of SLiC-HF (Zhao et al. 2023, arXiv 2305.10425) and, with
/// `d = 0` on mean log-probabilities, of RRHF (Yuan et al. 2023, arXiv 2304.05302).
///
/// @param target `d`, ≥ 0, nats
record HingeLink(double target) implements MarginLink {

    @Override
    public double loss(double beta, double margin) {
        return Math.max(0, target - beta * margin);
    }

    @Override
    public double derivative(double beta, double margin) {
        return beta * margin < target ? -beta : 0;
    }
}
