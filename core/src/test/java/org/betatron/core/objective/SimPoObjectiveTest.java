package org.betatron.core.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.betatron.core.PairSamples;
import org.junit.jupiter.api.Test;

/// `softplus(-b(m-t)) - softplus(b(m+t))`, in plain logarithms: margins per token are small.
class SimPoObjectiveTest extends ObjectiveContract {

    private static final double TARGET = 0.25;

    SimPoObjectiveTest() {
        super(new ObjectiveSpec.SimPo(2.0, TARGET));
    }

    @Override
    double swapDifference(double beta, double margin) {
        return Math.log(1 + Math.exp(-beta * (margin - TARGET))) - Math.log(1 + Math.exp(beta * (margin + TARGET)));
    }

    @Override
    double largestMargin() {
        return 1e300;
    }

    @Test
    void mirrorsAtTheTargetMargin() {
        // With z = b(m-t): softplus(-z) - softplus(z) = -z.
        for (double distance = -3; distance <= 3; distance += 0.375) {
            ObjectiveValue value = objective.evaluate(
                    PairSamples.ofMargins(TARGET + distance, TARGET - distance), new double[] {2, 2});
            assertThat(value.loss(0) - value.loss(1)).isCloseTo(-2 * distance, within(1e-14));
        }
    }

    @Test
    void comparesAveragesPerToken() {
        // -40 over 10 tokens against -52 over 13: both -4 nats a token.
        assertThat(objective.margin(PairSamples.pair(-40, -52, 0, 0, 10, 13), 0))
                .isZero();
    }
}
