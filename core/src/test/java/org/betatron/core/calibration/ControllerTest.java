package org.betatron.core.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.betatron.core.Numbers;
import org.betatron.core.PairSamples;
import org.betatron.core.calibration.CalibrationSpec.DivergenceEstimate;
import org.betatron.core.calibration.ScheduledCalibration.Shape;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.logprob.ResponseLogProbs;
import org.betatron.core.logprob.ResponseQuantity;
import org.betatron.core.statistics.Moments;
import org.betatron.core.statistics.RunningMoments;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Betas that are moved from batch to batch, or with the course of the run.
class ControllerTest {

    private static final long SEED = 20261126;

    /// The authors' function written down once more: eta 0.1, z* 0.4, tau 0.45.
    @Test
    void theSignalIsControlledAsInTheAuthorsCode() {
        Calibration signal = CalibrationSpec.Signal.DEFAULT.create();
        SplittableRandom random = new SplittableRandom(SEED);
        double ratio = 1;
        double expected = 0.1;
        for (int step = 0; step < 200; step++) {
            double[] margins = random.doubles(32, -4, 4 + 0.1 * step).toArray();
            double beta = expected;
            double q = Arrays.stream(margins)
                    .map(margin -> 1 / (1 + Math.exp(beta * margin)))
                    .average()
                    .orElseThrow();
            double mean = Arrays.stream(margins).average().orElseThrow();
            if (q < 0.45) {
                expected *= Math.exp(-0.1 * (expected * mean - 0.4));
            }
            CalibratedBetas betas = signal.calibrate(CalibrationInputs.ofMargins(0.1, ratio, 0, margins));
            ratio *= betas.nextRatio();
            assertThat(betas.betas()).as("step %d", step).hasSize(32);
            assertThat(betas.betas()[7]).as("step %d", step).isCloseTo(expected, within(1e-12 * expected));
            assertThat(betas.clampedShare()).isZero();
        }
        // The signal of the last batch is near its target.
        assertThat(Numbers.sigmoid(-expected * 12)).isCloseTo(Numbers.sigmoid(-0.4), within(0.06));
    }

    @Test
    void theSignalLooksAtKeptPairsAlone() {
        Calibration signal = CalibrationSpec.Signal.DEFAULT.create();
        CalibrationInput all = CalibrationInputs.ofMargins(0.1, 1, 0, 20, 30);
        CalibrationInput more = new CalibrationInput(
                0.1,
                1,
                all.pairs(),
                new double[] {20, -900, 30},
                all.gaps(),
                new double[] {1, 0, 1},
                all.all(),
                all.kept(),
                all.followed(),
                0);
        assertThat(signal.calibrate(more).nextRatio())
                .isEqualTo(signal.calibrate(all).nextRatio());
    }

    /// From any start, with margins that jump by orders of magnitude, beta stays in its bounds and
    /// comes back.
    @ParameterizedTest
    @MethodSource("controllers")
    void staysInItsBoundsAndComesBack(CalibrationSpec spec, double least, double most) {
        Calibration calibration = spec.create();
        for (double start : new double[] {least, 1, most}) {
            SplittableRandom random = new SplittableRandom(SEED);
            double ratio = start;
            RunningMoments followed = RunningMoments.EMPTY;
            for (int step = 0; step < 600; step++) {
                double size = step < 300 ? Math.pow(10, random.nextDouble(-3, 5)) : 5;
                double[] margins = new double[16];
                Arrays.setAll(margins, _ -> size * (random.nextGaussian() + 0.5));
                PairLogProbs pairs = PairSamples.ofMargins(margins);
                followed = followed.update(calibration.followed(pairs), 0.9);
                CalibrationInput input = input(ratio, pairs, margins, followed);
                CalibratedBetas betas = calibration.calibrate(input);
                for (double beta : betas.betas()) {
                    assertThat(beta / 0.1).as("step %d", step).isBetween(least * (1 - 1e-9), most * (1 + 1e-9));
                }
                ratio *= betas.nextRatio();
                assertThat(ratio).isBetween(least * (1 - 1e-9), most * (1 + 1e-9));
            }
            if (spec instanceof CalibrationSpec.Signal signal && signal.latched()) {
                // beta m = z* at the mean margin of 2.5.
                assertThat(0.1 * ratio * 2.5).as("from %s", start).isBetween(0.2, 0.8);
            }
        }
    }

    static Stream<Arguments> controllers() {
        return Stream.of(
                Arguments.of(CalibrationSpec.Signal.DEFAULT, 0.01, 100),
                Arguments.of(new CalibrationSpec.Signal(0.5, 0.4, 0.45, true, 0.1, 40), 0.1, 40),
                Arguments.of(CalibrationSpec.Divergence.DEFAULT, 0.01, 100),
                Arguments.of(new CalibrationSpec.Divergence(1, 3, 1, DivergenceEstimate.ANSWERS, 0.2, 5), 0.2, 5));
    }

    private static CalibrationInput input(double ratio, PairLogProbs pairs, double[] margins, RunningMoments followed) {
        double[] ones = new double[margins.length];
        Arrays.fill(ones, 1);
        Moments nothing = new Moments(0, 0, 0);
        return new CalibrationInput(
                0.1, ratio, pairs, margins, margins, ones, nothing, nothing, followed.estimate(0.9, true), 0);
    }

    /// A policy that is as far as its beta lets it: `K = 8 (0.1 / beta)^2` settles at the target.
    @Test
    void theDivergenceComesToItsTarget() {
        Calibration divergence =
                new CalibrationSpec.Divergence(2, 0.1, 0.5, DivergenceEstimate.ANSWERS, 0.01, 100).create();
        RunningMoments followed = RunningMoments.EMPTY;
        double ratio = 1;
        double reached = 0;
        for (int step = 0; step < 400; step++) {
            reached = 8 / (ratio * ratio);
            // Both answers have lost as much probability: log q - log p of each.
            PairLogProbs pairs = PairSamples.pair(-reached, -reached, 0, 0, 1, 1);
            followed = followed.update(divergence.followed(pairs), 0.9);
            ratio *= divergence
                    .calibrate(input(ratio, pairs, new double[1], followed))
                    .nextRatio();
        }
        assertThat(reached).isCloseTo(2, within(0.02));
        assertThat(ratio).isCloseTo(2, within(0.02));
    }

    @Test
    void aFastLoopIsForgottenAfterItsBatch() {
        Calibration slow = new CalibrationSpec.Divergence(2, 0.1, 0, DivergenceEstimate.ANSWERS, 0.01, 100).create();
        Calibration fast = new CalibrationSpec.Divergence(2, 0.1, 1, DivergenceEstimate.ANSWERS, 0.01, 100).create();
        RunningMoments before = RunningMoments.EMPTY.update(new double[] {2}, 0.9);
        PairLogProbs far = PairSamples.pair(-3, -3, 0, 0, 1, 1);
        CalibrationInput input = input(1, far, new double[1], before);
        assertThat(slow.calibrate(input).betas()[0]).isCloseTo(0.1, within(1e-15));
        assertThat(fast.calibrate(input).betas()[0]).isCloseTo(0.1 * 1.5, within(1e-15));
        assertThat(fast.calibrate(input).nextRatio()).isEqualTo(1);
    }

    /// Answers of 10 and 20 tokens that have lost 3 and 6 nats: 0.3 nats per token, 15 tokens.
    @Test
    void autoNeedsNoBeta() {
        Calibration auto = new CalibrationSpec.Auto(0.2, 2, 0.1, 10).create();
        PairLogProbs pairs = PairSamples.pair(-3, -6, 0, 0, 10, 20);
        assertThat(auto.followed(pairs)).containsExactly(new double[] {0.3}, within(1e-15));
        RunningMoments followed = RunningMoments.EMPTY.update(auto.followed(pairs), 0.9);
        double expected = 1.5 * 1.5 / (0.2 * 15);
        for (double ratio : new double[] {0.01, 1, 100}) {
            CalibratedBetas betas = auto.calibrate(input(ratio, pairs, new double[1], followed));
            assertThat(betas.betas()).containsExactly(new double[] {expected}, within(1e-12));
            assertThat(betas.nextRatio()).isEqualTo(1);
            assertThat(betas.clampedShare()).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0.1", "-50, 0.1", "1e9, 10"})
    void autoStaysInItsBounds(double lost, double ratio) {
        Calibration auto = CalibrationSpec.Auto.DEFAULT.create();
        PairLogProbs pairs = PairSamples.pair(-lost, -lost, 0, 0, 8, 8);
        RunningMoments followed = RunningMoments.EMPTY.update(auto.followed(pairs), 0.9);
        CalibratedBetas betas = auto.calibrate(input(1, pairs, new double[1], followed));
        assertThat(betas.betas()).containsExactly(new double[] {ratio / (0.1 * 8)}, within(1e-12));
        assertThat(betas.clampedShare()).isEqualTo(1);
    }

    /// A policy that is as far as its beta lets it: `k = 0.4 beta_target / beta` settles where both
    /// agree, at the root.
    @Test
    void autoSettles() {
        Calibration auto = new CalibrationSpec.Auto(0.2, 1, 0.1, 10).create();
        for (double start : new double[] {1e-3, 0.2, 40}) {
            RunningMoments followed = RunningMoments.EMPTY;
            double lost = start;
            for (int step = 0; step < 300; step++) {
                PairLogProbs pairs = PairSamples.pair(-10 * lost, -10 * lost, 0, 0, 10, 10);
                followed = followed.update(auto.followed(pairs), 0.9);
                double beta =
                        auto.calibrate(input(1, pairs, new double[1], followed)).betas()[0];
                lost = 0.4 / (beta * 0.2 * 10);
            }
            assertThat(lost).as("from %s", start).isCloseTo(0.2 * Math.sqrt(2), within(1e-6));
        }
    }

    /// Labelled answers: a row has one of the two.
    @Test
    void autoTakesSingleAnswers() {
        PairLogProbs answers = PairSamples.randomAnswers(new SplittableRandom(SEED), 8);
        double[] followed = CalibrationSpec.Auto.DEFAULT.create().followed(answers);
        for (int i = 0; i < followed.length; i++) {
            ResponseLogProbs own = answers.hasChosen(i) ? answers.chosen() : answers.rejected();
            assertThat(followed[i] * own.length(i))
                    .isCloseTo(own.get(ResponseQuantity.REFERENCE, i) - own.policy(i), within(1e-12));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "LINEAR, 0, 0.1",
        "LINEAR, 0.5, 0.06",
        "LINEAR, 1, 0.02",
        "COSINE, 0, 0.1",
        "COSINE, 0.5, 0.06",
        "COSINE, 1, 0.02",
        "EXPONENTIAL, 0, 0.1",
        "EXPONENTIAL, 0.5, 0.0447213595",
        "EXPONENTIAL, 1, 0.02"
    })
    void schedulesFollowTheRun(Shape shape, double progress, double beta) {
        Calibration schedule = new CalibrationSpec.Schedule(shape, 0.2).create();
        CalibratedBetas betas = schedule.calibrate(CalibrationInputs.ofMargins(0.1, 1, progress, 3, -900));
        assertThat(betas.betas()).containsExactly(new double[] {beta, beta}, within(1e-10));
        assertThat(betas.nextRatio()).isEqualTo(1);
        assertThat(schedule.decidesRowByRow()).isTrue();
    }
}
