package org.betatron.core.objective;

/// `(m - t)^2 - (-m - t)^2 = -4 m t` with the target `t = 1 / (2 beta)`.
class IpoObjectiveTest extends ObjectiveContract {

    IpoObjectiveTest() {
        super(new ObjectiveSpec.Ipo(0.1, false));
    }

    @Override
    double swapDifference(double beta, double margin) {
        return -2 * margin / beta;
    }

    @Override
    double largestMargin() {
        return 1e150; // its square must fit
    }
}
