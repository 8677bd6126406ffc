package org.betatron.core.selection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.DoubleStream;
import org.betatron.core.RandomStreams;
import org.betatron.core.statistics.Moments;
import org.betatron.core.statistics.RunningMoments;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GaussianSelectionTest {

    private static final long SEED = 2407_08639;
    private static final Moments STANDARD = new Moments(0, 1, 0);

    @Test
    void keepsExactlyAsManyAsAsked() {
        RandomGenerator random = new SplittableRandom(SEED);
        for (int percent = 1; percent <= 100; percent++) {
            GaussianSelection selection = new GaussianSelection(percent / 100.0);
            for (int size = 1; size <= 200; size++) {
                int expected = Math.max(1, size * percent / 100);
                String where = "seed " + SEED + ", " + percent + " % of " + size;
                assertThat(KeptCount.of(size, selection.keep())).as(where).isEqualTo(expected);
                double[] gaps = random.doubles(size, -4, 4).toArray();
                assertThat(DoubleStream.of(selection.select(gaps, STANDARD, random))
                                .sum())
                        .as(where)
                        .isEqualTo(expected);
            }
        }
    }

    /// `int(B * (1 - dropped))` is one short for these in binary fractions.
    @ParameterizedTest
    @CsvSource({"10, 0.8, 2", "20, 0.8, 4", "100, 0.34, 66", "50, 0.56, 22"})
    void countsAsDecimalFractionsDo(int size, String dropped, int expected) {
        double keep = 1 - Double.parseDouble(dropped);
        assertThat((int) (size * keep)).as("the trap").isEqualTo(expected - 1);
        assertThat(KeptCount.of(size, keep)).isEqualTo(expected);
        double written = BigDecimal.ONE.subtract(new BigDecimal(dropped)).doubleValue();
        assertThat(KeptCount.of(size, written)).isEqualTo(expected);
    }

    @Test
    void sameSeedGivesTheSameChoice() {
        GaussianSelection selection = new GaussianSelection(0.5);
        double[] gaps = new SplittableRandom(SEED).doubles(64, -3, 3).toArray();
        double[] before = gaps.clone();
        double[] first = selection.select(gaps, STANDARD, RandomStreams.stream(1, "selection", 7));
        double[] again = selection.select(gaps, STANDARD, RandomStreams.stream(1, "selection", 7));
        double[] other = selection.select(gaps, STANDARD, RandomStreams.stream(1, "selection", 8));
        assertThat(again).containsExactly(first);
        assertThat(other).isNotEqualTo(first);
        assertThat(gaps).containsExactly(before);
    }

    /// The choice that SplitMix64 and the formula give in a few lines of Python. It ties the draw to the
    /// seed across versions: a run resumed by newer code goes on as it began.
    @Test
    void choiceFollowsFromTheSeed() {
        double[] gaps = {0.3, -1.2, 0.8, 2.5, -0.1, 0.0, 1.7, -2.2, 0.6, -0.7};
        double[] weights = new GaussianSelection(0.6).select(gaps, STANDARD, RandomStreams.stream(42, "selection", 0));
        assertThat(weights).containsExactly(1, 1, 0, 0, 0, 1, 0, 1, 1, 1);
    }

    /// Compares with the exact inclusion probabilities: the sum over all 60 orders in which three of five
    /// pairs can be drawn, each with the product of `w / (what is left)`.
    @Test
    void drawsInProportionToTheDensityWithoutReplacement() {
        double[] gaps = {0, 0.5, 1.2, -2, 3};
        double[] densities = Arrays.stream(gaps).map(z -> Math.exp(-z * z / 2)).toArray();
        double[] expected = new double[5];
        for (int a = 0; a < 5; a++) {
            for (int b = 0; b < 5; b++) {
                for (int c = 0; c < 5; c++) {
                    if (a != b && b != c && a != c) {
                        double total = Arrays.stream(densities).sum();
                        double probability = densities[a] / total;
                        probability *= densities[b] / (total - densities[a]);
                        probability *= densities[c] / (total - densities[a] - densities[b]);
                        expected[a] += probability;
                        expected[b] += probability;
                        expected[c] += probability;
                    }
                }
            }
        }
        assertThat(Arrays.stream(expected).sum()).isCloseTo(3, within(1e-12));

        int draws = 200_000;
        double[] included = frequencies(new GaussianSelection(0.6), gaps, STANDARD, draws);
        for (int i = 0; i < 5; i++) {
            // five standard deviations of a frequency
            double bound = 5 * Math.sqrt(expected[i] * (1 - expected[i]) / draws);
            assertThat(included[i]).as("seed %d pair %d", SEED, i).isCloseTo(expected[i], within(bound));
        }
    }

    /// Inclusion by |z| in steps of a half, as another program measured it when the published filter was
    /// studied: settled statistics, Gaussian gaps, 32 pairs, 25 of them kept.
    @Test
    void keepsOrdinaryPairsMoreOftenThanOutliers() {
        double[] expected = {0.91, 0.85, 0.70, 0.46, 0.22, 0.065};
        double[] kept = new double[6];
        double[] seen = new double[6];
        RandomGenerator random = new SplittableRandom(SEED);
        GaussianSelection selection = new GaussianSelection(0.8);
        assertThat(KeptCount.of(32, selection.keep())).isEqualTo(25);
        double[] gaps = new double[32];
        for (int batch = 0; batch < 20_000; batch++) {
            Arrays.setAll(gaps, i -> random.nextGaussian());
            double[] weights = selection.select(gaps, STANDARD, random);
            for (int i = 0; i < 32; i++) {
                int bin = Math.min(5, (int) (Math.abs(gaps[i]) * 2));
                seen[bin]++;
                kept[bin] += weights[i];
            }
        }
        for (int bin = 0; bin < 6; bin++) {
            // The record has two digits; a frequency of the rarest bin has a standard deviation of 0.003.
            assertThat(kept[bin] / seen[bin]).as("seed %d bin %d", SEED, bin).isCloseTo(expected[bin], within(0.012));
        }
    }

    @Test
    void densitiesThatUnderflowStillRankTheirPairs() {
        // exp(-50^2 / 2) is zero in double precision, and so are its neighbours'; what is left decides.
        double[] gaps = {50, 51, 52, 53, -60, -40};
        for (int draw = 0; draw < 50; draw++) {
            double[] weights =
                    new GaussianSelection(0.5).select(gaps, STANDARD, RandomStreams.stream(SEED, "underflow", draw));
            assertThat(weights).as("seed %d draw %d", SEED, draw).containsExactly(1, 1, 0, 0, 0, 1);
        }
    }

    @Test
    void squaresThatOverflowKeepTheirPairsEligible() {
        double[] gaps = {Double.NaN, 1e200, -1e250, Double.POSITIVE_INFINITY, 1e300};
        for (int draw = 0; draw < 50; draw++) {
            double[] weights =
                    new GaussianSelection(0.4).select(gaps, STANDARD, RandomStreams.stream(SEED, "overflow", draw));
            assertThat(weights[0] + weights[3]).as("not finite").isZero();
            assertThat(DoubleStream.of(weights).sum()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1e-9, 1e-6})
    void drawsUniformlyWithoutSpread(double deviation) {
        double[] gaps = {-3, 0, 1, 100, 5};
        int draws = 50_000;
        double[] included = frequencies(new GaussianSelection(0.4), gaps, new Moments(0, deviation, 0), draws);
        for (int i = 0; i < 5; i++) {
            assertThat(included[i]).as("seed %d pair %d", SEED, i).isCloseTo(0.4, within(5 * Math.sqrt(0.24 / draws)));
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.01, 0.5, 0.8, 1})
    void batchOfOneIsKept(double keep) {
        double[] weights = new GaussianSelection(keep).select(new double[] {17}, STANDARD, new SplittableRandom(SEED));
        assertThat(weights).containsExactly(1);
    }

    @Test
    void emptyBatchGivesNoWeights() {
        assertThat(new GaussianSelection(0.8).select(new double[0], STANDARD, new SplittableRandom(SEED)))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void gapThatIsNotFiniteIsNeverKept(double bad) {
        GaussianSelection selection = new GaussianSelection(0.8);
        double[] gaps = {0, bad, 0.5, bad, -0.5, 0.1, 0.2, 0.3};
        for (int draw = 0; draw < 200; draw++) {
            double[] weights = selection.select(gaps, STANDARD, RandomStreams.stream(SEED, "bad", draw));
            assertThat(weights[1] + weights[3])
                    .as("seed %d draw %d", SEED, draw)
                    .isZero();
            // six of eight are asked for, six are left
            assertThat(DoubleStream.of(weights).sum()).isEqualTo(6);
        }
    }

    @Test
    void gapThatIsNotFiniteDoesNotShiftTheDrawsOfOthers() {
        GaussianSelection selection = new GaussianSelection(0.5);
        for (int draw = 0; draw < 200; draw++) {
            double[] gaps = new SplittableRandom(SEED + draw).doubles(12, -2, 2).toArray();
            gaps[3] = 60; // never among the six kept
            double[] clean = selection.select(gaps, STANDARD, RandomStreams.stream(SEED, "shift", draw));
            gaps[3] = Double.NaN;
            double[] dirty = selection.select(gaps, STANDARD, RandomStreams.stream(SEED, "shift", draw));
            assertThat(dirty).as("seed %d draw %d", SEED, draw).containsExactly(clean);
        }
    }

    @Test
    void nothingFiniteKeepsNothing() {
        double[] gaps = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY};
        assertThat(new GaussianSelection(0.8).select(gaps, STANDARD, new SplittableRandom(SEED)))
                .containsExactly(0, 0, 0);
        assertThat(new EverySelection().select(gaps, STANDARD, new SplittableRandom(SEED)))
                .containsExactly(0, 0, 0);
    }

    @Test
    void keepingAllDrawsNothing() {
        SplittableRandom random = new SplittableRandom(SEED);
        assertThat(new GaussianSelection(1).select(new double[] {1, Double.NaN, 90}, STANDARD, random))
                .containsExactly(1, 0, 1);
        assertThat(new EverySelection().select(new double[] {1, Double.NaN, 90}, STANDARD, random))
                .containsExactly(1, 0, 1);
        assertThat(random.nextLong()).isEqualTo(new SplittableRandom(SEED).nextLong());
    }

    /// With corrected statistics the filter of the very first batch is as soft as later ones; uncorrected
    /// it sees z-scores ten times too large and keeps next to nothing but the centre.
    @Test
    void uncorrectedFirstStatisticsMakeTheFilterTenTimesTooSharp() {
        double[] gaps = new SplittableRandom(SEED).doubles(32, -3, 3).toArray();
        RunningMoments first = RunningMoments.EMPTY.update(gaps, 0.9);
        assertThat(first.estimate(0.9, true).deviation()
                        / first.estimate(0.9, false).deviation())
                .isCloseTo(10, within(1e-9));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.2, 1.2, Double.NaN})
    void keepMustBeAFraction(double keep) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SelectionSpec.Gaussian(keep))
                .withMessage("keep must be in (0, 1] but was " + keep);
    }

    @Test
    void specsCreateWhatTheyDescribe() {
        assertThat(SelectionSpec.None.DEFAULT.create()).isEqualTo(new EverySelection());
        assertThat(new SelectionSpec.Gaussian(0.3).create()).isEqualTo(new GaussianSelection(0.3));
    }

    private static double[] frequencies(Selection selection, double[] gaps, Moments statistics, int draws) {
        RandomGenerator random = new SplittableRandom(SEED);
        double[] included = new double[gaps.length];
        for (int draw = 0; draw < draws; draw++) {
            double[] weights = selection.select(gaps, statistics, random);
            for (int i = 0; i < gaps.length; i++) {
                included[i] += weights[i];
            }
        }
        return Arrays.stream(included).map(count -> count / draws).toArray();
    }
}
