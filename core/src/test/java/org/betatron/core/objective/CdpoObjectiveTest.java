package org.betatron.core.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.betatron.core.PairSamples;
import org.junit.jupiter.api.Test;

/// `(1-e) [softplus(-z) - softplus(z)] + e [softplus(z) - softplus(-z)] = -(1 - 2e) z`.
class CdpoObjectiveTest extends ObjectiveContract {

    private static final double SMOOTHING = 0.15;

    CdpoObjectiveTest() {
        super(new ObjectiveSpec.Cdpo(0.1, SMOOTHING));
    }

    @Override
    double swapDifference(double beta, double margin) {
        return -(1 - 2 * SMOOTHING) * beta * margin;
    }

    @Override
    double largestMargin() {
        return 1e300;
    }

    @Test
    void smoothingMirrorsTheMargin() {
        SigmoidLink link = new SigmoidLink(SMOOTHING, 0);
        SigmoidLink mirrored = new SigmoidLink(1 - SMOOTHING, 0);
        for (double margin = -200; margin <= 200; margin += 12.5) {
            assertThat(link.loss(0.1, margin)).isCloseTo(mirrored.loss(0.1, -margin), within(1e-13));
            assertThat(link.derivative(0.1, margin)).isCloseTo(-mirrored.derivative(0.1, -margin), within(1e-13));
        }
    }

    @Test
    void isLowestAtTheLogitOfTheTrustInLabels() {
        // d loss / d m = 0 where sigmoid(z) = 1 - e; the loss there is the entropy of e.
        double margin = Math.log((1 - SMOOTHING) / SMOOTHING) / 0.1;
        double entropy = -SMOOTHING * Math.log(SMOOTHING) - (1 - SMOOTHING) * Math.log(1 - SMOOTHING);
        ObjectiveValue value = objective.evaluate(PairSamples.ofMargins(margin), new double[] {0.1});
        assertThat(value.loss(0)).isCloseTo(entropy, within(1e-14));
        assertThat(value.chosenDerivative(0)).isCloseTo(0, within(1e-16));
    }
}
