package org.betatron.core.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.assertj.core.data.Offset;
import org.betatron.core.Derivatives;
import org.betatron.core.PairSamples;
import org.betatron.core.alignment.Alignment;
import org.betatron.core.alignment.AlignmentDecision;
import org.betatron.core.alignment.AlignmentSpec;
import org.betatron.core.alignment.AlignmentState;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.logprob.RequiredInputs;
import org.betatron.core.logprob.ResponseQuantity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// What every objective owes.
@ParameterizedClass
@MethodSource("cases")
class ObjectiveContractTest {

    private static final long SEED = 20260825;

    private final ObjectiveCase subject;

    ObjectiveContractTest(ObjectiveCase subject) {
        this.subject = subject;
    }

    static List<ObjectiveCase> cases() {
        return ObjectiveCases.all();
    }

    @Test
    void everyObjectiveIsHeldToThisContract() {
        Set<Class<?>> covered = new HashSet<>();
        cases().forEach(each -> covered.add(each.spec().getClass()));
        assertThat(covered).containsExactlyInAnyOrder(ObjectiveSpec.class.getPermittedSubclasses());
    }

    @Test
    void gradientEqualsDifferencesOnRandomRows() {
        for (long seed = SEED; seed < SEED + 12; seed++) {
            RandomGenerator random = new SplittableRandom(seed);
            PairLogProbs rows = rows(random, random.nextInt(1, 9));
            checkGradient("seed " + seed, rows, randomBetas(random, rows.size()));
        }
    }

    @Test
    void gradientEqualsDifferencesOnExtremeMargins() {
        if (objective().rows() == RowKind.ANSWERS) {
            return; // margins are of pairs
        }
        PairLogProbs rows = PairSamples.ofMargins(1e4, -1e4, 1e3, -1e3, 100, -100, 30, -30, 1.5, -1.5);
        if (!objective().inputs().needsReference()) {
            // Without a reference to subtract, a positive number would not be a log-probability.
            for (int i = 0; i < rows.size(); i++) {
                rows = PairSamples.shifted(rows, i, -1.5e4, -1.5e4);
            }
        }
        for (int i = 0; i < rows.size(); i++) {
            // Where two are equal, ranks have no derivative.
            rows = PairSamples.shifted(rows, i, 0, -0.01 * i);
        }
        checkGradient("one-token responses", rows, sameBetas(rows.size()));
    }

    @Test
    void rowsOfWeightZeroAreInert() {
        for (long seed = SEED; seed < SEED + 20; seed++) {
            RandomGenerator random = new SplittableRandom(seed);
            PairLogProbs rows = rows(random, 7);
            double[] betas = randomBetas(random, 7);
            double[] weights = {1, 0, 1, 1, 0, 0, 1};
            double[] factors = {0.2, 0, -0.1, 1, 0, 0, 0.5};
            ObjectiveValue value = evaluate(rows, betas, weights);
            PairDerivatives derivatives = pullBack(value, factors);
            PairLogProbs moved = rows;
            for (int dropped : new int[] {1, 4, 5}) {
                for (int side = 0; side < 2; side++) {
                    moved = PairSamples.shifted(moved, dropped, side, ResponseQuantity.POLICY, random.nextGaussian());
                    assertThat(side(derivatives, side).policy(dropped)).isZero();
                }
            }
            ObjectiveValue after = evaluate(moved, betas, weights);
            PairDerivatives derivativesAfter = pullBack(after, factors);
            for (int kept : new int[] {0, 2, 3, 6}) {
                assertThat(after.loss(kept)).as("seed %d", seed).isEqualTo(value.loss(kept));
                assertThat(derivativesAfter.chosen().policy(kept))
                        .isEqualTo(derivatives.chosen().policy(kept));
                assertThat(derivativesAfter.rejected().policy(kept))
                        .isEqualTo(derivatives.rejected().policy(kept));
            }
        }
    }

    /// With a fixed beta, no selection and the mean, a part decided by itself and weighted by its share is
    /// what the whole batch says about it.
    @Test
    void partsOfABatchAreDecidedAsTheWholeWhereTheObjectiveSaysSo() {
        AlignmentSpec dpo = AlignmentSpec.DPO;
        Alignment alignment = new AlignmentSpec(
                        subject.spec(), dpo.calibration(), dpo.selection(), dpo.aggregation(), dpo.gap())
                .create();
        assertThat(alignment.decidesRowByRow())
                .isEqualTo(objective().isRowByRow() && !objective().keepsStatistics());
        if (!alignment.decidesRowByRow()) {
            return;
        }
        PairLogProbs rows = rows(new SplittableRandom(SEED), 7);
        AlignmentDecision whole = alignment.decide(rows, 7, AlignmentState.START, new SplittableRandom(1));
        for (int from = 0; from < 7; from += 3) {
            PairLogProbs part = rows.slice(from, Math.min(7, from + 3));
            AlignmentDecision alone = alignment.decide(part, 7, AlignmentState.START, new SplittableRandom(1));
            for (int i = 0; i < part.size(); i++) {
                double share = part.size() / 7.0;
                for (ResponseQuantity quantity :
                        List.of(ResponseQuantity.POLICY, ResponseQuantity.POLICY_TAIL, ResponseQuantity.REFERENCE_KL)) {
                    assertThat(share * alone.chosenDerivative(quantity, i))
                            .isCloseTo(whole.chosenDerivative(quantity, from + i), withinPercentage(1e-10));
                    assertThat(share * alone.rejectedDerivative(quantity, i))
                            .isCloseTo(whole.rejectedDerivative(quantity, from + i), withinPercentage(1e-10));
                }
            }
        }
    }

    @Test
    void allRowsFilteredGivesNoGradient() {
        PairLogProbs rows = rows(new SplittableRandom(SEED), 5);
        ObjectiveValue value = evaluate(rows, sameBetas(5), new double[5]);
        PairDerivatives derivatives = pullBack(value, new double[5]);
        for (int i = 0; i < 5; i++) {
            assertThat(value.loss(i)).isFinite();
            assertThat(derivatives.chosen().policy(i)).isZero();
            assertThat(derivatives.rejected().policy(i)).isZero();
        }
    }

    @Test
    void swappingChosenAndRejectedFollowsTheFormula() {
        if (subject.swapDifference().isEmpty()) {
            return;
        }
        ObjectiveCase.Swap swap = subject.swapDifference().get();
        RandomGenerator random = new SplittableRandom(SEED);
        PairLogProbs rows = rows(random, 64);
        double[] betas = randomBetas(random, 64);
        ObjectiveValue value = evaluate(rows, betas);
        ObjectiveValue swapped = evaluate(PairSamples.swapped(rows), betas);
        for (int i = 0; i < 64; i++) {
            double expected = swap.difference(rows, i, betas[i]);
            assertThat(value.loss(i) - swapped.loss(i))
                    .as("seed %d pair %d", SEED, i)
                    .isCloseTo(expected, within(1e-10 * (1 + Math.abs(value.loss(i)) + Math.abs(swapped.loss(i)))));
        }
    }

    @Test
    void swappingChosenAndRejectedNegatesTheMargin() {
        PairLogProbs rows = rows(new SplittableRandom(SEED), 32);
        PairLogProbs swapped = PairSamples.swapped(rows);
        for (int i = 0; i < 32; i++) {
            assertThat(objective().margin(swapped, i)).isEqualTo(-objective().margin(rows, i));
        }
    }

    @Test
    void finiteInputGivesFiniteResults() {
        for (double size = 1e-3; size <= 1e6; size *= 10) {
            for (double margin : new double[] {size, -size, 0}) {
                PairLogProbs rows = PairSamples.ofMargins(margin, -margin / 2);
                if (objective().rows() == RowKind.ANSWERS) {
                    rows = PairSamples.randomAnswers(new SplittableRandom(SEED), 2);
                }
                ObjectiveValue value = evaluate(rows, sameBetas(2));
                PairDerivatives derivatives = value.derivatives();
                for (int i = 0; i < 2; i++) {
                    assertThat(value.loss(i)).as("loss at margin %s", margin).isFinite();
                    assertThat(derivatives.chosen().policy(i))
                            .as("chosen derivative at %s", margin)
                            .isFinite();
                    assertThat(derivatives.rejected().policy(i))
                            .as("rejected derivative at %s", margin)
                            .isFinite();
                }
            }
        }
    }

    @Test
    void permutedBatchGivesPermutedResult() {
        RandomGenerator random = new SplittableRandom(SEED);
        PairLogProbs rows = rows(random, 20);
        double[] betas = sameBetas(20);
        int[] order = PairSamples.permutation(random, 20);
        ObjectiveValue value = evaluate(rows, betas);
        ObjectiveValue permuted = evaluate(PairSamples.permuted(rows, order), betas);
        PairDerivatives derivatives = value.derivatives();
        PairDerivatives permutedDerivatives = permuted.derivatives();
        for (int i = 0; i < 20; i++) {
            assertThat(permuted.loss(i)).isCloseTo(value.loss(order[i]), near(value.loss(order[i])));
            double chosen = derivatives.chosen().policy(order[i]);
            assertThat(permutedDerivatives.chosen().policy(i)).isCloseTo(chosen, near(chosen));
            double rejected = derivatives.rejected().policy(order[i]);
            assertThat(permutedDerivatives.rejected().policy(i)).isCloseTo(rejected, near(rejected));
        }
    }

    @Test
    void rowsInfluenceEachOtherOnlyWhereItIsSaid() {
        boolean influenced = false;
        for (long seed = SEED; seed < SEED + 10; seed++) {
            PairLogProbs rows = rows(new SplittableRandom(seed), 12);
            ObjectiveValue value = evaluate(rows, sameBetas(12));
            for (int i = 0; i < 12; i++) {
                ObjectiveValue alone = evaluate(rows.slice(i, i + 1), sameBetas(1));
                influenced |= alone.loss(0) != value.loss(i);
            }
        }
        assertThat(influenced).isNotEqualTo(objective().isRowByRow());
    }

    @Test
    void readsWhatItAsksForAndNothingElse() {
        RequiredInputs inputs = objective().inputs();
        PairLogProbs all = rows(new SplittableRandom(SEED), 6);
        PairLogProbs asked = PairSamples.restricted(all, inputs);
        assertThat(evaluate(asked, sameBetas(6)).losses())
                .containsExactly(evaluate(all, sameBetas(6)).losses());
        assertThat(objective().tracked(asked)).containsExactly(objective().tracked(all));
        for (ResponseQuantity quantity : inputs.quantities()) {
            Set<ResponseQuantity> others = new HashSet<>(inputs.quantities());
            others.remove(quantity);
            boolean extrapolates = others.contains(ResponseQuantity.EXTRAPOLATED);
            RequiredInputs fewer = new RequiredInputs(
                    others, extrapolates ? inputs.extrapolation() : 0, inputs.mismatched(), inputs.lengths());
            PairLogProbs missing = PairSamples.restricted(all, fewer);
            assertThatIllegalStateException()
                    .as("%s is asked for", quantity)
                    .isThrownBy(() -> evaluate(missing, sameBetas(6)))
                    .withMessageContaining(quantity + " was not computed");
        }
    }

    @Test
    void readsLengthsWhereItIsSaid() {
        boolean changed = false;
        for (long seed = SEED; seed < SEED + 5; seed++) {
            PairLogProbs rows = rows(new SplittableRandom(seed), 6);
            PairLogProbs longer = PairSamples.withOtherLengths(rows);
            changed |= !Arrays.equals(
                    evaluate(rows, sameBetas(6)).losses(),
                    evaluate(longer, sameBetas(6)).losses());
            assertThat(objective().inputs().lengths() || !changed).isTrue();
        }
        assertThat(changed).isEqualTo(objective().inputs().lengths());
    }

    @Test
    void answersAreAcceptedWhereItIsSaid() {
        if (objective().rows() == RowKind.PAIRS) {
            return;
        }
        PairLogProbs rows = PairSamples.randomAnswers(new SplittableRandom(SEED), 9);
        ObjectiveValue value = evaluate(rows, sameBetas(9));
        PairDerivatives derivatives = value.derivatives();
        for (int i = 0; i < 9; i++) {
            assertThat(value.loss(i)).isFinite();
            double absent = rows.hasChosen(i)
                    ? derivatives.rejected().policy(i)
                    : derivatives.chosen().policy(i);
            assertThat(absent).isZero();
        }
    }

    @Test
    void trackedNumbersExistWhereStatisticsAreKept() {
        PairLogProbs rows = rows(new SplittableRandom(SEED), 4);
        assertThat(objective().tracked(rows).length > 0).isEqualTo(objective().keepsStatistics());
    }

    @Test
    void leavesItsArgumentsAlone() {
        RandomGenerator random = new SplittableRandom(SEED);
        PairLogProbs rows = rows(random, 8);
        double[] betas = randomBetas(random, 8);
        double[] before = betas.clone();
        double[] first = evaluate(rows, betas).losses().clone();
        assertThat(evaluate(rows, betas).losses()).containsExactly(first);
        assertThat(betas).containsExactly(before);
    }

    @Test
    void emptyBatchGivesAnEmptyResult() {
        assertThat(evaluate(PairSamples.ofMargins(), new double[0]).size()).isZero();
    }

    @Test
    void rejectsAnotherNumberOfBetas() {
        PairLogProbs rows = rows(new SplittableRandom(SEED), 3);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> evaluate(rows, new double[2]))
                .withMessage("betas and weights must have one entry per pair (3) but had 2 and 2");
    }

    private Objective objective() {
        return subject.spec().create();
    }

    private PairLogProbs rows(RandomGenerator random, int size) {
        return objective().rows() == RowKind.ANSWERS
                ? PairSamples.randomAnswers(random, size)
                : PairSamples.random(random, size);
    }

    private ObjectiveValue evaluate(PairLogProbs rows, double[] betas) {
        double[] weights = new double[betas.length];
        Arrays.fill(weights, 1);
        return evaluate(rows, betas, weights);
    }

    private ObjectiveValue evaluate(PairLogProbs rows, double[] betas, double[] weights) {
        return objective().evaluate(rows, betas, weights, ObjectiveCase.TRACKED);
    }

    private static PairDerivatives pullBack(ObjectiveValue value, double[] factors) {
        PairDerivatives derivatives = PairDerivatives.ofSize(value.size());
        value.pullBack(factors, derivatives);
        return derivatives;
    }

    private static ResponseDerivatives side(PairDerivatives derivatives, int side) {
        return side == 0 ? derivatives.chosen() : derivatives.rejected();
    }

    /// Every derivative of every response against differences of the loss: of the row's own where rows do not
    /// depend on each other, else of the sum over the batch.
    private void checkGradient(String where, PairLogProbs rows, double[] betas) {
        PairDerivatives derivatives = evaluate(rows, betas).derivatives();
        List<ResponseQuantity> quantities = new ArrayList<>(List.of(ResponseQuantity.POLICY));
        objective().inputs().quantities().stream()
                .filter(ResponseQuantity::isDifferentiable)
                .forEach(quantities::add);
        for (int row = 0; row < rows.size(); row++) {
            for (int side = 0; side < 2; side++) {
                if ((side == 0 ? rows.chosen() : rows.rejected()).length(row) == 0) {
                    continue;
                }
                for (ResponseQuantity quantity : quantities) {
                    int at = row;
                    int on = side;
                    Derivatives.check(
                            where + ", row " + row + " of " + rows.size() + ", side " + side + ", " + quantity + " of "
                                    + subject,
                            side(derivatives, side).get(quantity, row),
                            h -> loss(rows, PairSamples.shifted(rows, at, on, quantity, h), betas, at));
                }
            }
        }
    }

    private double loss(PairLogProbs constants, PairLogProbs rows, double[] betas, int row) {
        ObjectiveCase.FrozenBatch frozen = subject.frozen();
        if (frozen != null) {
            return frozen.loss(constants, rows, row, betas);
        }
        ObjectiveValue value = evaluate(rows, betas);
        if (objective().isRowByRow()) {
            return value.loss(row);
        }
        return Arrays.stream(value.losses()).sum();
    }

    private static Offset<Double> near(double expected) {
        return within(1e-12 * (1 + Math.abs(expected)));
    }

    private double[] sameBetas(int size) {
        double[] betas = new double[size];
        Arrays.fill(betas, subject.spec().beta());
        return betas;
    }

    private double[] randomBetas(RandomGenerator random, int size) {
        double[] betas = new double[size];
        Arrays.setAll(betas, _ -> subject.spec().beta() * Math.exp(random.nextDouble(-2.3, 2.3)));
        return betas;
    }
}
