package org.betatron.core.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.betatron.core.Derivatives;
import org.betatron.core.PairSamples;
import org.junit.jupiter.api.Test;

/// What every objective owes, one subclass per objective.
abstract class ObjectiveContract {

    private static final long SEED = 20260825;

    /// Relative error allowed between formula and differences.
    private static final double GRADIENT_TOLERANCE = 1e-7;

    private final ObjectiveSpec spec;
    final Objective objective;

    ObjectiveContract(ObjectiveSpec spec) {
        this.spec = spec;
        this.objective = spec.create();
    }

    /// @return loss of a pair minus loss of the same pair with chosen and rejected exchanged, derived on
    ///     paper for the objective
    abstract double swapDifference(double beta, double margin);

    /// @return largest margin for which the loss fits into a double
    abstract double largestMargin();

    @Test
    void gradientEqualsCentralDifferencesOnRandomPairs() {
        for (long seed = SEED; seed < SEED + 60; seed++) {
            RandomGenerator random = new SplittableRandom(seed);
            PairLogProbs pairs = PairSamples.random(random, random.nextInt(1, 17));
            checkGradient("seed " + seed, pairs, randomBetas(random, pairs.size()));
        }
    }

    @Test
    void gradientEqualsCentralDifferencesOnExtremeMargins() {
        PairLogProbs pairs = PairSamples.ofMargins(1e4, -1e4, 1e3, -1e3, 100, -100, 30, -30, 1, -1, 1e-9, 0);
        checkGradient("one-token responses", pairs, sameBetas(pairs.size()));
    }

    @Test
    void gradientEqualsCentralDifferencesOnLongResponses() {
        checkGradient("long and one-token response", PairSamples.pair(-9e3, -0.5, -8e3, -2, 4096, 1), sameBetas(1));
        checkGradient("one-token and long response", PairSamples.pair(-0.5, -9e3, -2, -8e3, 1, 4096), sameBetas(1));
    }

    @Test
    void gradientEqualsCentralDifferencesOnEqualResponses() {
        checkGradient("policy equals reference", PairSamples.pair(-40, -40, -40, -40, 7, 7), sameBetas(1));
    }

    @Test
    void swappingChosenAndRejectedFollowsTheFormula() {
        RandomGenerator random = new SplittableRandom(SEED);
        PairLogProbs pairs = PairSamples.random(random, 64);
        double[] betas = randomBetas(random, 64);
        ObjectiveValue value = objective.evaluate(pairs, betas);
        ObjectiveValue swapped = objective.evaluate(PairSamples.swapped(pairs), betas);
        for (int i = 0; i < 64; i++) {
            double expected = swapDifference(betas[i], objective.margin(pairs, i));
            assertThat(value.loss(i) - swapped.loss(i))
                    .as("seed %d pair %d", SEED, i)
                    .isCloseTo(expected, within(1e-10 * (1 + Math.abs(value.loss(i)) + Math.abs(swapped.loss(i)))));
        }
    }

    @Test
    void swappingChosenAndRejectedNegatesTheMargin() {
        PairLogProbs pairs = PairSamples.random(new SplittableRandom(SEED), 32);
        PairLogProbs swapped = PairSamples.swapped(pairs);
        for (int i = 0; i < 32; i++) {
            assertThat(objective.margin(swapped, i)).as("seed %d", SEED).isEqualTo(-objective.margin(pairs, i));
        }
    }

    @Test
    void addingTheSameToBothResponsesOfEqualLengthChangesNothing() {
        double[] betas = sameBetas(1);
        for (int length : new int[] {1, 10, 500}) {
            PairLogProbs pair = PairSamples.pair(-40.5, -52.25, -42, -50, length, length);
            // The added numbers are multiples of 1/4, so that sums stay exact.
            for (double shift : new double[] {-1000, -0.25, 0.25, 16}) {
                PairLogProbs moved = PairSamples.shifted(pair, 0, shift, shift);
                ObjectiveValue before = objective.evaluate(pair, betas);
                ObjectiveValue after = objective.evaluate(moved, betas);
                String where = "length " + length + " shift " + shift;
                assertThat(after.loss(0)).as(where).isCloseTo(before.loss(0), within(1e-9));
                assertThat(after.chosenDerivative(0)).as(where).isCloseTo(before.chosenDerivative(0), within(1e-9));
                assertThat(after.rejectedDerivative(0)).as(where).isCloseTo(before.rejectedDerivative(0), within(1e-9));
            }
        }
    }

    @Test
    void chosenAndRejectedDerivativeCancelForEqualLengths() {
        for (double margin : new double[] {-1e4, -3, 0, 0.5, 40, 1e4}) {
            ObjectiveValue value = objective.evaluate(PairSamples.ofMargins(margin), sameBetas(1));
            assertThat(value.rejectedDerivative(0)).as("margin %s", margin).isEqualTo(-value.chosenDerivative(0));
        }
    }

    @Test
    void finiteMarginsGiveFiniteResults() {
        for (double size = 1e4; size <= largestMargin(); size *= 10) {
            for (double margin : new double[] {size, -size}) {
                ObjectiveValue value = objective.evaluate(PairSamples.ofMargins(margin), sameBetas(1));
                assertThat(value.loss(0)).as("loss at margin %s", margin).isFinite();
                assertThat(value.chosenDerivative(0))
                        .as("chosen derivative at %s", margin)
                        .isFinite();
                assertThat(value.rejectedDerivative(0))
                        .as("rejected derivative at %s", margin)
                        .isFinite();
            }
        }
    }

    @Test
    void permutedBatchGivesPermutedResult() {
        RandomGenerator random = new SplittableRandom(SEED);
        PairLogProbs pairs = PairSamples.random(random, 20);
        double[] betas = randomBetas(random, 20);
        int[] order = PairSamples.permutation(random, 20);
        double[] permutedBetas = new double[20];
        Arrays.setAll(permutedBetas, i -> betas[order[i]]);

        ObjectiveValue value = objective.evaluate(pairs, betas);
        ObjectiveValue permuted = objective.evaluate(PairSamples.permuted(pairs, order), permutedBetas);
        for (int i = 0; i < 20; i++) {
            assertThat(permuted.loss(i)).isEqualTo(value.loss(order[i]));
            assertThat(permuted.chosenDerivative(i)).isEqualTo(value.chosenDerivative(order[i]));
            assertThat(permuted.rejectedDerivative(i)).isEqualTo(value.rejectedDerivative(order[i]));
        }
    }

    @Test
    void pairsDoNotInfluenceEachOther() {
        PairLogProbs pairs = PairSamples.random(new SplittableRandom(SEED), 12);
        ObjectiveValue value = objective.evaluate(pairs, sameBetas(12));
        for (int i = 0; i < 12; i++) {
            ObjectiveValue alone = objective.evaluate(pairs.slice(i, i + 1), sameBetas(1));
            assertThat(alone.loss(0)).isEqualTo(value.loss(i));
            assertThat(alone.chosenDerivative(0)).isEqualTo(value.chosenDerivative(i));
        }
    }

    @Test
    void referenceMattersExactlyWhereTheScoreUsesOne() {
        PairLogProbs pairs = PairSamples.random(new SplittableRandom(SEED), 8);
        PairLogProbs others = PairSamples.withReferences(pairs, new double[8], new double[8]);
        ObjectiveValue value = objective.evaluate(pairs, sameBetas(8));
        ObjectiveValue other = objective.evaluate(others, sameBetas(8));
        for (int i = 0; i < 8; i++) {
            assertThat(value.chosenDerivative(i) == other.chosenDerivative(i) && value.loss(i) == other.loss(i))
                    .isNotEqualTo(objective.score().usesReference());
        }
    }

    @Test
    void leavesItsArgumentsAlone() {
        RandomGenerator random = new SplittableRandom(SEED);
        PairLogProbs pairs = PairSamples.random(random, 8);
        double[] betas = randomBetas(random, 8);
        double[] before = betas.clone();
        ObjectiveValue first = objective.evaluate(pairs, betas);
        ObjectiveValue second = objective.evaluate(pairs, betas);
        assertThat(betas).containsExactly(before);
        assertThat(second.toLosses()).containsExactly(first.toLosses());
    }

    @Test
    void emptyBatchGivesAnEmptyResult() {
        assertThat(objective.evaluate(PairSamples.ofMargins(), new double[0]).size())
                .isZero();
    }

    @Test
    void rejectsAnotherNumberOfBetas() {
        PairLogProbs pairs = PairSamples.ofMargins(1, 2, 3);
        assertThatThrownBy(() -> objective.evaluate(pairs, new double[2]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("betas must have one entry per pair (3) but had 2");
    }

    private void checkGradient(String where, PairLogProbs pairs, double[] betas) {
        ObjectiveValue value = objective.evaluate(pairs, betas);
        for (int i = 0; i < pairs.size(); i++) {
            String pair = where + ", pair " + i + " of " + pairs.size() + ", margin " + objective.margin(pairs, i);
            int row = i;
            checkDerivative(
                    pair + ", chosen",
                    value.chosenDerivative(i),
                    Derivatives.atZero(
                            h -> lossOf(PairSamples.shifted(pairs, row, h, 0), betas, row),
                            step(betas[i], pairs.chosenLength(i))),
                    betas[i],
                    pairs.chosenLength(i));
            checkDerivative(
                    pair + ", rejected",
                    value.rejectedDerivative(i),
                    Derivatives.atZero(
                            h -> lossOf(PairSamples.shifted(pairs, row, 0, h), betas, row),
                            step(betas[i], pairs.rejectedLength(i))),
                    betas[i],
                    pairs.rejectedLength(i));
        }
    }

    private void checkDerivative(String where, double formula, double differences, double beta, int length) {
        // Below a millionth of an ordinary derivative the differences hold rounding noise only.
        double floor = 1e-6 * beta * objective.score().derivative(length);
        assertThat(formula)
                .as(where)
                .isCloseTo(differences, within(GRADIENT_TOLERANCE * Math.max(Math.abs(differences), floor)));
    }

    private double lossOf(PairLogProbs pairs, double[] betas, int pair) {
        return objective
                .evaluate(pairs.slice(pair, pair + 1), new double[] {betas[pair]})
                .loss(0);
    }

    /// @return the step of a log-probability that moves beta times the margin by a tenth
    private double step(double beta, int length) {
        return 0.1 / (beta * objective.score().derivative(length));
    }

    private double[] sameBetas(int size) {
        double[] betas = new double[size];
        Arrays.fill(betas, spec.beta());
        return betas;
    }

    private double[] randomBetas(RandomGenerator random, int size) {
        double[] betas = new double[size];
        Arrays.setAll(betas, i -> spec.beta() * Math.exp(random.nextDouble(-2.3, 2.3)));
        return betas;
    }
}
