package org.betatron.core.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunningMomentsTest {

    private static final double NAN = Double.NaN;
    private static final double INFINITY = Double.POSITIVE_INFINITY;

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5, 0.9, 0.99, 0.999999})
    void correctedFirstEstimateIsTheBatch(double momentum) {
        // mean 2, squares about it 1 + 1 + 0 + 4 + 4 = 10, over n - 1 = 4
        RunningMoments first = RunningMoments.EMPTY.update(new double[] {1, 3, 2, 4, 0}, momentum);
        Moments estimate = first.estimate(momentum, true);
        assertThat(estimate.mean()).isCloseTo(2, within(1e-9));
        assertThat(estimate.deviation()).isCloseTo(Math.sqrt(2.5), within(1e-9));
        assertThat(estimate.populationMean()).isEqualTo(2);
    }

    @Test
    void correctedEstimateIsTheWeightedMeanOfTheBatchesSeen() {
        // means 1, 5, 2 with weights 0.81, 0.9, 1; deviations sqrt 2, 0, sqrt 8 likewise
        RunningMoments running = RunningMoments.EMPTY
                .update(new double[] {0, 2}, 0.9)
                .update(new double[] {5, 5}, 0.9)
                .update(new double[] {0, 4}, 0.9);
        Moments estimate = running.estimate(0.9, true);
        assertThat(estimate.mean()).isCloseTo((0.81 * 1 + 0.9 * 5 + 2) / 2.71, within(1e-14));
        assertThat(estimate.deviation()).isCloseTo((0.81 * Math.sqrt(2) + Math.sqrt(8)) / 2.71, within(1e-14));
        assertThat(estimate.populationMean()).isCloseTo(16.0 / 6, within(1e-15));
    }

    @Test
    void uncorrectedEstimateIsTheRawAverage() {
        RunningMoments first = RunningMoments.EMPTY.update(new double[] {0, 2}, 0.9);
        assertThat(first.estimate(0.9, false).mean()).isCloseTo(0.1, within(1e-16));
        assertThat(first.estimate(0.9, false).deviation()).isCloseTo(0.1 * Math.sqrt(2), within(1e-16));
        RunningMoments second = first.update(new double[] {4, 6}, 0.9);
        assertThat(second.estimate(0.9, false).mean()).isCloseTo(0.09 + 0.5, within(1e-15));
        assertThat(second.meanAverage()).isEqualTo(second.estimate(0.9, false).mean());
        assertThat(second.deviationAverage())
                .isEqualTo(second.estimate(0.9, false).deviation());
    }

    @Test
    void momentumZeroForgetsEverythingBefore() {
        RunningMoments running =
                RunningMoments.EMPTY.update(new double[] {100, 200}, 0).update(new double[] {1, 3}, 0);
        assertThat(running.estimate(0, true).mean()).isEqualTo(2);
        assertThat(running.estimate(0, false).mean()).isEqualTo(2);
        assertThat(running.estimate(0, true).deviation()).isCloseTo(Math.sqrt(2), within(1e-15));
    }

    @Test
    void batchOfOneMovesTheMeanAndLeavesTheDeviation() {
        RunningMoments one = RunningMoments.EMPTY.update(new double[] {7}, 0.9);
        assertThat(one.estimate(0.9, true))
                .isEqualTo(new Moments(one.estimate(0.9, true).mean(), 0, 7));
        assertThat(one.estimate(0.9, true).mean()).isCloseTo(7, within(1e-14));
        assertThat(one.estimate(0.9, true).hasSpread()).isFalse();

        // The correction of the deviation counts the batches that had one.
        RunningMoments two = one.update(new double[] {1, 3}, 0.9);
        assertThat(two.updates()).isEqualTo(2);
        assertThat(two.deviationUpdates()).isEqualTo(1);
        assertThat(two.estimate(0.9, true).deviation()).isCloseTo(Math.sqrt(2), within(1e-14));
        RunningMoments three = two.update(new double[] {50}, 0.9);
        assertThat(three.estimate(0.9, true).deviation()).isCloseTo(Math.sqrt(2), within(1e-14));
    }

    @Test
    void skipsGapsThatAreNotFinite() {
        RunningMoments clean = RunningMoments.EMPTY.update(new double[] {1, 4, -2}, 0.9);
        RunningMoments dirty = RunningMoments.EMPTY.update(new double[] {NAN, 1, INFINITY, 4, -INFINITY, -2}, 0.9);
        assertThat(dirty).isEqualTo(clean);
    }

    @Test
    void nothingFiniteLeavesItUnchanged() {
        RunningMoments before = RunningMoments.EMPTY.update(new double[] {1, 4}, 0.9);
        assertThat(before.update(new double[] {NAN, INFINITY, -INFINITY}, 0.9)).isEqualTo(before);
        assertThat(before.update(new double[0], 0.9)).isEqualTo(before);
    }

    @Test
    void neverBecomesNonFinite() {
        RunningMoments before = RunningMoments.EMPTY.update(new double[] {1, 4}, 0.9);
        // The sum, and the squares, of finite gaps may overflow.
        for (double[] gaps : new double[][] {{1e308, 1e308}, {1e200, -1e200}, {-1e308, -1e308, 3}}) {
            RunningMoments after = before.update(gaps, 0.9);
            Moments estimate = after.estimate(0.9, true);
            assertThat(new double[] {estimate.mean(), estimate.deviation(), estimate.populationMean()})
                    .doesNotContain(NAN, INFINITY, -INFINITY);
            assertThat(after.update(new double[] {1, 4}, 0.9)
                            .estimate(0.9, true)
                            .mean())
                    .isFinite();
        }
    }

    @Test
    void populationMeanWeighsEveryGapAlike() {
        SplittableRandom random = new SplittableRandom(5);
        RunningMoments running = RunningMoments.EMPTY;
        double sum = 0;
        int count = 0;
        for (int size = 1; size < 30; size++) {
            double[] gaps = random.doubles(size, -3, 5).toArray();
            running = running.update(gaps, 0.9);
            for (double gap : gaps) {
                sum += gap;
                count++;
            }
        }
        assertThat(running.gapCount()).isEqualTo(count);
        assertThat(running.estimate(0.9, true).populationMean()).isCloseTo(sum / count, within(1e-12));
    }

    @Test
    void emptyEstimateIsZero() {
        assertThat(RunningMoments.EMPTY.estimate(0.9, true)).isEqualTo(new Moments(0, 0, 0));
        assertThat(RunningMoments.EMPTY.estimate(0, true)).isEqualTo(new Moments(0, 0, 0));
        assertThat(RunningMoments.EMPTY.estimate(0.9, false)).isEqualTo(new Moments(0, 0, 0));
    }

    @Test
    void equalGapsHaveNoSpread() {
        Moments equal = RunningMoments.EMPTY.update(new double[] {2, 2, 2}, 0.9).estimate(0.9, true);
        assertThat(equal.deviation()).isZero();
        assertThat(equal.hasSpread()).isFalse();
        assertThat(new Moments(0, 2e-6, 0).hasSpread()).isTrue();
    }
}
