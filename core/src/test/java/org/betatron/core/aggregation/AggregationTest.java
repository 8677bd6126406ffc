package org.betatron.core.aggregation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.betatron.core.Derivatives;
import org.betatron.core.PairSamples;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AggregationTest {

    private static final long SEED = 71;

    static Stream<Aggregation> all() {
        return Stream.of(
                AggregationSpec.Mean.DEFAULT.create(),
                AggregationSpec.DrDpo.DEFAULT.create(),
                new AggregationSpec.DrDpo(0.2).create(),
                new AggregationSpec.DrDpo(30).create());
    }

    @ParameterizedTest
    @MethodSource("all")
    void factorsEqualCentralDifferences(Aggregation aggregation) {
        for (long seed = SEED; seed < SEED + 40; seed++) {
            RandomGenerator random = new SplittableRandom(seed);
            double[] losses = random.doubles(random.nextInt(1, 12), 0, 3).toArray();
            double[] weights = new double[losses.length];
            Arrays.setAll(weights, i -> i == 0 ? 1 : random.nextInt(3) * random.nextDouble());
            AggregatedLoss result = aggregation.aggregate(losses, weights, _ -> 1);
            for (int i = 0; i < losses.length; i++) {
                int row = i;
                double differences = Derivatives.atZero(
                        h -> {
                            double[] moved = losses.clone();
                            moved[row] += h;
                            return aggregation.aggregate(moved, weights, _ -> 1).loss();
                        },
                        0.01);
                assertThat(result.factor(i)).as("seed %d pair %d", seed, i).isCloseTo(differences, within(1e-10));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void factorsSumToOne(Aggregation aggregation) {
        double[] losses = new SplittableRandom(SEED).doubles(50, 0, 20).toArray();
        double[] weights = new double[50];
        Arrays.fill(weights, 1);
        AggregatedLoss result = aggregation.aggregate(losses, weights, _ -> 1);
        double sum = 0;
        for (int i = 0; i < 50; i++) {
            sum += result.factor(i);
        }
        assertThat(sum).isCloseTo(1, within(1e-14));
    }

    @ParameterizedTest
    @MethodSource("all")
    void pairOfWeightZeroIsInertWhateverItsLoss(Aggregation aggregation) {
        AggregatedLoss without = aggregation.aggregate(new double[] {0.4, 2}, new double[] {1, 1}, _ -> 1);
        for (double dropped : new double[] {-5, 0, 1e300, Double.NaN, Double.POSITIVE_INFINITY}) {
            AggregatedLoss with = aggregation.aggregate(new double[] {0.4, dropped, 2}, new double[] {1, 0, 1}, _ -> 1);
            assertThat(with.loss()).as("dropped loss %s", dropped).isEqualTo(without.loss());
            assertThat(with.factor(0)).isEqualTo(without.factor(0));
            assertThat(with.factor(1)).isZero();
            assertThat(with.factor(2)).isEqualTo(without.factor(1));
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void nothingKeptCostsNothing(Aggregation aggregation) {
        AggregatedLoss result = aggregation.aggregate(new double[] {1, Double.NaN, 3}, new double[3], _ -> 1);
        assertThat(result.loss()).isZero();
        for (int i = 0; i < 3; i++) {
            assertThat(result.factor(i)).isZero();
        }
        assertThat(aggregation.aggregate(new double[0], new double[0], _ -> 1).loss())
                .isZero();
    }

    @ParameterizedTest
    @MethodSource("all")
    void scaleOfTheWeightsDoesNotMatter(Aggregation aggregation) {
        double[] losses = {0.1, 0.7, 3};
        AggregatedLoss ones = aggregation.aggregate(losses, new double[] {1, 1, 1}, _ -> 1);
        AggregatedLoss eights = aggregation.aggregate(losses, new double[] {8, 8, 8}, _ -> 1);
        assertThat(eights.loss()).isCloseTo(ones.loss(), within(1e-15));
        assertThat(eights.factor(2)).isCloseTo(ones.factor(2), within(1e-15));
    }

    @ParameterizedTest
    @MethodSource("all")
    void permutedBatchGivesTheSameLoss(Aggregation aggregation) {
        RandomGenerator random = new SplittableRandom(SEED);
        double[] losses = random.doubles(20, 0, 9).toArray();
        int[] order = PairSamples.permutation(random, 20);
        double[] permuted = new double[20];
        Arrays.setAll(permuted, i -> losses[order[i]]);
        double[] weights = new double[20];
        Arrays.fill(weights, 1);
        AggregatedLoss first = aggregation.aggregate(losses, weights, _ -> 1);
        AggregatedLoss second = aggregation.aggregate(permuted, weights, _ -> 1);
        assertThat(second.loss()).isCloseTo(first.loss(), within(1e-13));
        assertThat(second.factor(0)).isCloseTo(first.factor(order[0]), within(1e-15));
    }

    @ParameterizedTest
    @MethodSource("all")
    void hugeLossesStayFinite(Aggregation aggregation) {
        AggregatedLoss equal = aggregation.aggregate(new double[] {1e5, 1e5}, new double[] {1, 1}, _ -> 1);
        assertThat(equal.loss()).isCloseTo(1e5, within(1e-9));
        assertThat(equal.factor(0)).isCloseTo(0.5, within(1e-15));
        AggregatedLoss apart = aggregation.aggregate(new double[] {1e5, -1e5, 0}, new double[] {1, 1, 1}, _ -> 1);
        assertThat(apart.loss()).isFinite();
        assertThat(apart.factor(1)).isFinite();
    }

    @Test
    void meanIsTheMeanOverKeptPairs() {
        AggregatedLoss result =
                new MeanAggregation().aggregate(new double[] {1, 50, 4}, new double[] {1, 0, 1}, _ -> 1);
        assertThat(result.loss()).isEqualTo(2.5);
        assertThat(result.factor(0)).isEqualTo(0.5);
    }

    /// `-b log(mean(exp(-L/b))) = mean(L) - var(L) / (2b) + O(1/b^2)`; mean 2.25, population variance 1.6875.
    @ParameterizedTest
    @ValueSource(doubles = {1e4, 1e8, 1e12, 1e100, 1e300})
    void drDpoOfAHighTemperatureIsTheMean(double temperature) {
        AggregatedLoss result = new DrDpoAggregation(temperature)
                .aggregate(new double[] {1, 4, 3, 1}, new double[] {1, 1, 1, 1}, _ -> 1);
        assertThat(result.loss()).isCloseTo(2.25 - 1.6875 / (2 * temperature), within(1e-8));
        assertThat(result.factor(1)).isCloseTo(0.25, within(1e-3));
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-3, 1e-12, 1e-300, Double.MIN_VALUE})
    void drDpoOfALowTemperatureIsTheEasiestPair(double temperature) {
        AggregatedLoss result =
                new DrDpoAggregation(temperature).aggregate(new double[] {3, 0.5, 4}, new double[] {1, 1, 1}, _ -> 1);
        // -b log(1/3 e^(-L/b)) = L + b log 3
        assertThat(result.loss()).isCloseTo(0.5 + temperature * Math.log(3), within(1e-15));
        assertThat(result.factor(1)).isEqualTo(1);
        assertThat(result.factor(0)).isZero();
    }

    @Test
    void drDpoCountsAPairByItsWeight() {
        AggregatedLoss weighted = new DrDpoAggregation(1).aggregate(new double[] {1, 2}, new double[] {1, 3}, _ -> 1);
        AggregatedLoss repeated =
                new DrDpoAggregation(1).aggregate(new double[] {1, 2, 2, 2}, new double[] {1, 1, 1, 1}, _ -> 1);
        assertThat(weighted.loss()).isCloseTo(-Math.log((Math.exp(-1) + 3 * Math.exp(-2)) / 4), within(1e-15));
        assertThat(weighted.loss()).isCloseTo(repeated.loss(), within(1e-15));
        assertThat(weighted.factor(1)).isCloseTo(3 * repeated.factor(1), within(1e-15));
    }

    /// `-log(1e-300 e^0 + e^-1000) = 300 log 10`: the easiest pair may have next to no weight.
    @Test
    void drDpoOfATinyWeightStaysFinite() {
        AggregatedLoss result =
                new DrDpoAggregation(1).aggregate(new double[] {0, 1000}, new double[] {1e-300, 1}, _ -> 1);
        assertThat(result.loss()).isCloseTo(300 * Math.log(10), within(1e-9));
        assertThat(result.factor(0)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void temperatureMustBePositive(double temperature) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new AggregationSpec.DrDpo(temperature))
                .withMessage("temperature must be > 0 but was " + temperature);
    }
}
