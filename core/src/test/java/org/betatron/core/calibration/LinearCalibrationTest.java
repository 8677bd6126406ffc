package org.betatron.core.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.betatron.core.PairSamples;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.statistics.Moments;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LinearCalibrationTest {

    /// The linear rule looks at gaps only.
    private static final PairLogProbs NO_PAIRS = PairSamples.ofMargins();

    private static final Moments AT_TWO = new Moments(2, 1, 5);

    private final Calibration batch = new CalibrationSpec.Batch(0.6, 0.01, 10).create();
    private final Calibration instance = new CalibrationSpec.Instance(0.6, 0.01, 10).create();
    private final Calibration population = new CalibrationSpec.Population(0.6, 4, 0.01, 10).create();

    @Test
    void largerGapsGiveALargerBeta() {
        double previous = 0;
        for (double gap = 1; gap < 4; gap += 0.25) {
            double beta = batch.calibrate(CalibrationInputs.of(0.1, NO_PAIRS, new double[] {gap, gap}, ones(2), AT_TWO))
                    .betas()[0];
            assertThat(beta).isGreaterThan(previous);
            previous = beta;
        }
        double[] betas = instance.calibrate(
                        CalibrationInputs.of(0.1, NO_PAIRS, new double[] {1, 2, 3}, ones(3), AT_TWO))
                .betas();
        assertThat(betas).isSorted();
        assertThat(betas[0]).isLessThan(0.1);
        assertThat(betas[1]).isEqualTo(0.1);
        assertThat(betas[2]).isGreaterThan(0.1);
    }

    @Test
    void batchBetaComesFromKeptPairsOnly() {
        // kept gaps 3 and 4: 0.1 (1 + 0.6 (3.5 - 2)) = 0.19
        CalibratedBetas result = batch.calibrate(CalibrationInputs.of(
                0.1, NO_PAIRS, new double[] {3, -80, 4, Double.NaN}, new double[] {1, 0, 1, 0}, AT_TWO));
        for (double beta : result.betas()) {
            assertThat(beta).isCloseTo(0.19, within(1e-15));
        }
        assertThat(result.betas()).hasSize(4);
        assertThat(result.clampedShare()).isZero();
    }

    @Test
    void batchWithoutKeptPairsStaysAtBeta0() {
        CalibratedBetas result = batch.calibrate(
                CalibrationInputs.of(0.1, NO_PAIRS, new double[] {7, Double.NaN}, new double[2], AT_TWO));
        assertThat(result.betas()).containsExactly(0.1, 0.1);
        assertThat(result.clampedShare()).isZero();
    }

    @Test
    void batchBetaStaysBetweenFloorAndCeiling() {
        CalibratedBetas low =
                batch.calibrate(CalibrationInputs.of(0.1, NO_PAIRS, new double[] {-1e6}, ones(1), AT_TWO));
        assertThat(low.betas()[0]).isEqualTo(0.01 * 0.1);
        assertThat(low.clampedShare()).isEqualTo(1);
        CalibratedBetas high =
                batch.calibrate(CalibrationInputs.of(0.1, NO_PAIRS, new double[] {1e6}, ones(1), AT_TWO));
        assertThat(high.betas()[0]).isEqualTo(10 * 0.1);
        assertThat(high.clampedShare()).isEqualTo(1);
    }

    @Test
    void instanceBetasAreOnesOwn() {
        // 0.1 (1 + 0.6 (M - 2)): 0.04, 0.22; -50 below the floor, 60 above the ceiling; beta_0 where unused
        CalibratedBetas result = instance.calibrate(CalibrationInputs.of(
                0.1, NO_PAIRS, new double[] {1, 4, -50, 60, Double.NaN}, new double[] {1, 1, 0, 1, 0}, AT_TWO));
        assertThat(result.betas()).containsExactly(new double[] {0.04, 0.22, 0.001, 1, 0.1}, within(1e-15));
        assertThat(result.clampedShare()).isCloseTo(2.0 / 5, within(1e-15));
        assertThat(instance.calibrate(CalibrationInputs.of(0.1, NO_PAIRS, new double[0], new double[0], AT_TWO))
                        .clampedShare())
                .isZero();
    }

    @Test
    void populationBetaComesFromEveryGapSeen() {
        // 0.1 (1 + 0.6 (5 - 4)) = 0.16, whatever this batch holds
        for (double gap : new double[] {-100, 0, 3}) {
            CalibratedBetas result = population.calibrate(
                    CalibrationInputs.of(0.1, NO_PAIRS, new double[] {gap, 1}, new double[] {0, 1}, AT_TWO));
            assertThat(result.betas()).containsExactly(new double[] {0.16, 0.16}, within(1e-15));
        }
        Moments far = new Moments(2, 1, 1e4);
        assertThat(population
                        .calibrate(CalibrationInputs.of(0.1, NO_PAIRS, new double[1], ones(1), far))
                        .clampedShare())
                .isEqualTo(1);
    }

    /// `alpha_paper = a_code / beta_0`: gaps with beta_0 inside need a sensitivity of 6 where raw ones need 0.6.
    @Test
    void sensitivityOfRewardsIsThatOfRawGapsOverBeta0() {
        SplittableRandom random = new SplittableRandom(3);
        for (int draw = 0; draw < 200; draw++) {
            double[] raw = random.doubles(16, -20, 30).toArray();
            double[] rewards = Arrays.stream(raw).map(gap -> 0.1 * gap).toArray();
            double mean = random.nextDouble(-2, 2);
            for (LinearCalibration.Level level : LinearCalibration.Level.values()) {
                CalibratedBetas fromRaw = new LinearCalibration(
                                level, 0.6, SensitivityUnit.GAP, ComparedPairs.KEPT_WITH_ALL, 1, 0.01, 10)
                        .calibrate(CalibrationInputs.of(0.1, NO_PAIRS, raw, ones(16), new Moments(mean, 1, 3 * mean)));
                CalibratedBetas fromRewards = new LinearCalibration(
                                level, 0.6 / 0.1, SensitivityUnit.GAP, ComparedPairs.KEPT_WITH_ALL, 0.1, 0.01, 10)
                        .calibrate(CalibrationInputs.of(
                                0.1, NO_PAIRS, rewards, ones(16), new Moments(0.1 * mean, 0.1, 0.3 * mean)));
                assertThat(fromRewards.betas())
                        .as("seed 3 draw %d %s", draw, level)
                        .containsExactly(fromRaw.betas(), within(1e-14));
                assertThat(fromRewards.clampedShare()).isEqualTo(fromRaw.clampedShare());
            }
        }
    }

    @Test
    void sensitivityZeroIsPlainDpo() {
        for (LinearCalibration.Level level : LinearCalibration.Level.values()) {
            CalibratedBetas result = new LinearCalibration(
                            level, 0, SensitivityUnit.GAP, ComparedPairs.KEPT_WITH_ALL, 0, 0.01, 10)
                    .calibrate(CalibrationInputs.of(0.1, NO_PAIRS, new double[] {-1e9, 3, 1e9}, ones(3), AT_TWO));
            assertThat(result.betas()).containsExactly(0.1, 0.1, 0.1);
            assertThat(result.clampedShare()).isZero();
        }
    }

    @Test
    void leavesItsArgumentsAlone() {
        double[] gaps = {1, 2, 3};
        double[] weights = {1, 0, 1};
        CalibratedBetas first = batch.calibrate(CalibrationInputs.of(0.1, NO_PAIRS, gaps, weights, AT_TWO));
        CalibratedBetas second = batch.calibrate(CalibrationInputs.of(0.1, NO_PAIRS, gaps, weights, AT_TWO));
        assertThat(second.betas()).containsExactly(first.betas());
        assertThat(gaps).containsExactly(1, 2, 3);
        assertThat(weights).containsExactly(1, 0, 1);
    }

    @Test
    void aNegativeSensitivityTurnsTheDirectionRound() {
        double[] gaps = {3, 4};
        double up = of(0.6, SensitivityUnit.GAP, ComparedPairs.KEPT_WITH_ALL, gaps);
        double down = of(-0.6, SensitivityUnit.GAP, ComparedPairs.KEPT_WITH_ALL, gaps);
        assertThat(up).isCloseTo(0.19, within(1e-15));
        assertThat(up - 0.1).isCloseTo(0.1 - down, within(1e-15));
    }

    /// All pairs: mean 0.5, M_0 2, sigma 4; kept ones: mean 3, M_0 1, sigma 0.5.
    @Test
    void comparesThePairsThatItSays() {
        double[] gaps = {2, -2, 4, -2};
        assertThat(of(0.1, SensitivityUnit.GAP, ComparedPairs.KEPT_WITH_ALL, gaps))
                .isCloseTo(0.11, within(1e-15));
        assertThat(of(0.1, SensitivityUnit.GAP, ComparedPairs.ALL, gaps)).isCloseTo(0.085, within(1e-15));
        assertThat(of(0.1, SensitivityUnit.GAP, ComparedPairs.KEPT, gaps)).isCloseTo(0.12, within(1e-15));
        assertThat(of(0.1, SensitivityUnit.DEVIATION, ComparedPairs.ALL, gaps))
                .isCloseTo(0.1 * (1 - 0.15 / 4), within(1e-15));
        assertThat(of(0.1, SensitivityUnit.DEVIATION, ComparedPairs.KEPT, gaps)).isCloseTo(0.14, within(1e-15));
    }

    /// Kept are the first and third.
    private static double of(double sensitivity, SensitivityUnit unit, ComparedPairs compared, double[] gaps) {
        double[] weights = gaps.length == 2 ? ones(2) : new double[] {1, 0, 1, 0};
        return new CalibrationSpec.Batch(sensitivity, unit, compared, 0.01, 10)
                .create()
                .calibrate(new CalibrationInput(
                        0.1, 1, NO_PAIRS, gaps, gaps, weights, new Moments(2, 4, 0), new Moments(1, 0.5, 0), AT_TWO, 0))
                .betas()[0];
    }

    @Test
    void withoutSpreadNothingIsKnownInUnitsOfIt() {
        Calibration calibration =
                new CalibrationSpec.Batch(0.6, SensitivityUnit.DEVIATION, ComparedPairs.ALL, 0.01, 10).create();
        assertThat(calibration
                        .calibrate(
                                CalibrationInputs.of(0.1, NO_PAIRS, new double[] {5, 5}, ones(2), new Moments(2, 0, 0)))
                        .betas())
                .containsExactly(0.1, 0.1);
    }

    @Test
    void fixedStaysAtBeta0() {
        Calibration fixed = CalibrationSpec.Fixed.DEFAULT.create();
        CalibratedBetas result = fixed.calibrate(
                CalibrationInputs.of(0.3, NO_PAIRS, new double[] {-9, Double.NaN, 400}, ones(3), AT_TWO));
        assertThat(result.betas()).containsExactly(0.3, 0.3, 0.3);
        assertThat(result.clampedShare()).isZero();
    }

    @Test
    void onlyFixedIsNotDynamic() {
        assertThat(CalibrationSpec.Fixed.DEFAULT.create().isDynamic()).isFalse();
        assertThat(CalibrationSpec.Batch.DEFAULT.create().isDynamic()).isTrue();
        assertThat(CalibrationSpec.Instance.DEFAULT.create().isDynamic()).isTrue();
        assertThat(CalibrationSpec.Population.DEFAULT.create().isDynamic()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NEGATIVE_INFINITY, Double.NaN, Double.POSITIVE_INFINITY})
    void sensitivityMustBeFinite(double sensitivity) {
        String message = "sensitivity must be finite but was " + sensitivity;
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CalibrationSpec.Batch(sensitivity, 0.01, 10))
                .withMessage(message);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CalibrationSpec.Instance(sensitivity, 0.01, 10))
                .withMessage(message);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CalibrationSpec.Population(sensitivity, 0, 0.01, 10))
                .withMessage(message);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, 1.5, Double.NaN})
    void floorMustBeAFraction(double minRatio) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CalibrationSpec.Batch(0.6, minRatio, 10))
                .withMessage("minRatio must be in (0, 1] but was " + minRatio);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.9, Double.NaN, Double.POSITIVE_INFINITY})
    void ceilingMustNotBeBelowBeta0(double maxRatio) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CalibrationSpec.Batch(0.6, 0.01, maxRatio))
                .withMessage("maxRatio must be ≥ 1 but was " + maxRatio);
    }

    @Test
    void targetGapMustBeFinite() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CalibrationSpec.Population(0.6, Double.NaN, 0.01, 10))
                .withMessage("targetGap must be finite but was NaN");
    }

    private static double[] ones(int size) {
        double[] ones = new double[size];
        Arrays.fill(ones, 1);
        return ones;
    }
}
