package org.betatron.core.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.betatron.core.PairSamples;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.logprob.ResponseQuantity;
import org.betatron.core.statistics.Moments;
import org.junit.jupiter.api.Test;

/// The three cases of epsilon-DPO, and how the base follows their mean.
class PerturbationCalibrationTest {

    private static final Moments ANY = new Moments(0, 1, 0);
    private static final double E = 0.25;
    private static final double[] NO_GAPS = new double[4];

    /// Margins of log-probabilities are 2 throughout. Moving on separates better, worse, both, neither.
    private static PairLogProbs pairs() {
        PairLogProbs pairs = PairSamples.ofMargins(2, 2, 2, 2);
        double[] further = {3, 1, 3, 2};
        double[] nearer = {1, 3, 3, 1};
        for (int i = 0; i < 4; i++) {
            pairs = PairSamples.shifted(pairs, i, 0, ResponseQuantity.EXTRAPOLATED, further[i]);
            pairs = PairSamples.shifted(pairs, i, 0, ResponseQuantity.INTERPOLATED, nearer[i]);
        }
        return pairs;
    }

    @Test
    void betaFallsWhereMovingOnSeparatesBetterAndRisesWhereWorse() {
        CalibratedBetas betas = new PerturbationCalibration(E)
                .calibrate(CalibrationInputs.of(0.1, pairs(), NO_GAPS, new double[] {1, 1, 1, 1}, ANY));
        assertThat(betas.betas()).containsExactly(new double[] {0.1 / 1.25, 0.1 / 0.75, 0.1, 0.1}, within(1e-16));
        assertThat(betas.nextRatio()).isEqualTo(1);
    }

    @Test
    void theBaseFollowsTheMeanOverKeptPairs() {
        PerturbationCalibration calibration = new PerturbationCalibration(E);
        CalibratedBetas betas =
                calibration.calibrate(CalibrationInputs.of(0.1, pairs(), NO_GAPS, new double[] {1, 0, 1, 0}, ANY));
        assertThat(betas.nextRatio()).isCloseTo(1 / (1 + E * 0.5), within(1e-16));
        assertThat(calibration
                        .calibrate(CalibrationInputs.of(0.1, pairs(), NO_GAPS, new double[4], ANY))
                        .nextRatio())
                .isEqualTo(1);
    }

    @Test
    void asksForWhatItReads() {
        assertThat(new PerturbationCalibration(E).inputs().extrapolation()).isEqualTo(E);
        assertThat(new PerturbationCalibration(E).isDynamic()).isTrue();
        assertThat(new PerturbationCalibration(E).looksAtGaps()).isFalse();
    }
}
