package org.betatron.core.objective;

/// `softplus(-z) - softplus(z) = -z`.
class DpoObjectiveTest extends ObjectiveContract {

    DpoObjectiveTest() {
        super(ObjectiveSpec.Dpo.DEFAULT);
    }

    @Override
    double swapDifference(double beta, double margin) {
        return -beta * margin;
    }

    @Override
    double largestMargin() {
        return 1e300;
    }
}
