package org.betatron.core.alignment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.betatron.core.Derivatives;
import org.betatron.core.PairSamples;
import org.betatron.core.RandomStreams;
import org.betatron.core.aggregation.AggregationSpec;
import org.betatron.core.alignment.GapSpec.GapSource;
import org.betatron.core.alignment.GapSpec.Scope;
import org.betatron.core.alignment.GapSpec.UpdateOrder;
import org.betatron.core.calibration.CalibratedBetas;
import org.betatron.core.calibration.Calibration;
import org.betatron.core.calibration.CalibrationInput;
import org.betatron.core.calibration.CalibrationSpec;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.objective.ObjectiveSpec;
import org.betatron.core.objective.ObjectiveValue;
import org.betatron.core.objective.PairDerivatives;
import org.betatron.core.selection.CutSelection;
import org.betatron.core.selection.Selection;
import org.betatron.core.selection.SelectionCriterion;
import org.betatron.core.selection.SelectionSpec;
import org.betatron.core.statistics.RunningMoments;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AlignmentTest {

    private static final long SEED = 4;
    private static final double NAN = Double.NaN;

    @Test
    void plainDpoIsTheMeanOverAllPairs() {
        PairLogProbs pairs = PairSamples.random(new SplittableRandom(SEED), 10);
        Alignment dpo = AlignmentSpec.DPO.create();
        AlignmentDecision decision = decide(dpo, pairs);
        ObjectiveValue value = dpo.evaluate(pairs, AlignmentState.START);
        PairDerivatives derivatives = value.derivatives();
        double sum = 0;
        for (int i = 0; i < 10; i++) {
            sum += value.loss(i);
            assertThat(decision.weight(i)).isEqualTo(1);
            assertThat(decision.beta(i)).isEqualTo(0.1);
            assertThat(decision.pairLoss(i)).isEqualTo(value.loss(i));
            assertThat(decision.chosenDerivative(i))
                    .isCloseTo(derivatives.chosen().policy(i) / 10, within(1e-17));
            assertThat(decision.rejectedDerivative(i))
                    .isCloseTo(derivatives.rejected().policy(i) / 10, within(1e-17));
        }
        assertThat(decision.loss()).isCloseTo(sum / 10, within(1e-14));
        assertThat(decision.keptFraction()).isEqualTo(1);
        assertThat(decision.effectiveBeta()).isCloseTo(0.1, within(1e-16));
        assertThat(decision.clampedShare()).isZero();
        assertThat(decision.numNonFinite()).isZero();
    }

    @Test
    void policyEqualToReferenceCostsLogTwo() {
        AlignmentDecision decision = decide(AlignmentSpec.DEFAULT.create(), PairSamples.ofMargins(new double[20]));
        assertThat(decision.loss()).isCloseTo(Math.log(2), within(1e-15));
        assertThat(decision.keptFraction()).isEqualTo(0.8);
        assertThat(decision.effectiveBeta()).isCloseTo(0.1, within(1e-16));
    }

    @Test
    void gapCarriesBetaOnlyAsAReward() {
        PairLogProbs pairs = PairSamples.ofMargins(3, -20);
        assertThat(with(GapSource.REWARD).gaps(pairs)).containsExactly(new double[] {0.3, -2}, within(1e-15));
        assertThat(with(GapSource.MARGIN).gaps(pairs)).containsExactly(3, -20);
    }

    /// `alpha_paper = a_code / beta_0`: the same run in both units, over several batches.
    @Test
    void sensitivitySixOfRewardsIsPointSixOfRawGaps() {
        RandomGenerator random = new SplittableRandom(SEED);
        Alignment rewards = calibrated(GapSource.REWARD, 6);
        Alignment raw = calibrated(GapSource.MARGIN, 0.6);
        AlignmentState runningRewards = AlignmentState.START;
        AlignmentState runningRaw = AlignmentState.START;
        for (int batch = 0; batch < 20; batch++) {
            PairLogProbs pairs = PairSamples.random(random, 16);
            AlignmentDecision one = rewards.decide(pairs, 16, runningRewards, stream());
            AlignmentDecision two = raw.decide(pairs, 16, runningRaw, stream());
            runningRewards = one.state();
            runningRaw = two.state();
            assertThat(one.clampedShare()).isEqualTo(two.clampedShare());
            assertThat(one.loss()).as("seed %d batch %d", SEED, batch).isCloseTo(two.loss(), within(1e-13));
            for (int i = 0; i < 16; i++) {
                assertThat(one.weight(i)).isEqualTo(two.weight(i));
                assertThat(one.beta(i)).isCloseTo(two.beta(i), within(1e-14));
                assertThat(one.chosenDerivative(i)).isCloseTo(two.chosenDerivative(i), within(1e-14));
            }
        }
    }

    /// With beta, weights and statistics frozen, the decision's derivatives are those of its loss.
    @Test
    void derivativesAreThoseOfTheLossAtFrozenBeta() {
        for (ObjectiveSpec objective : objectives()) {
            if (objective.create().keepsStatistics()) {
                continue; // the batch would move them; the contract of objectives freezes them
            }
            for (AggregationSpec aggregation : aggregations()) {
                for (CalibrationSpec calibration : calibrations()) {
                    AlignmentSpec spec = new AlignmentSpec(
                            objective, calibration, SelectionSpec.Gaussian.DEFAULT, aggregation, GapSpec.DEFAULT);
                    PairLogProbs pairs = PairSamples.random(new SplittableRandom(SEED), 9);
                    AlignmentDecision decision = decide(spec.create(), pairs);
                    Alignment frozen = frozen(spec, decision);
                    assertThat(decide(frozen, pairs).loss()).isEqualTo(decision.loss());
                    for (int i = 0; i < 9; i++) {
                        int row = i;
                        String where = spec + " seed " + SEED + " pair " + i;
                        Derivatives.check(
                                where,
                                decision.chosenDerivative(i),
                                h -> decide(frozen, PairSamples.shifted(pairs, row, h, 0))
                                        .loss());
                        Derivatives.check(
                                where,
                                decision.rejectedDerivative(i),
                                h -> decide(frozen, PairSamples.shifted(pairs, row, 0, h))
                                        .loss());
                    }
                }
            }
        }
    }

    /// `L = softplus(-beta m)`, `beta = beta_0 (1 + a (m - M_0))`: the derivative is `-beta sigmoid(-beta m)`
    /// and must not include `-m sigmoid(-beta m) a beta_0`, the part through beta.
    @Test
    void derivativeDoesNotFlowThroughBeta() {
        Selection all = SelectionSpec.None.DEFAULT.create();
        Alignment alignment = new Alignment(
                ObjectiveSpec.Dpo.DEFAULT.create(),
                0.1,
                new CalibrationSpec.Instance(0.6, 0.01, 10).create(),
                all,
                AggregationSpec.Mean.DEFAULT.create(),
                new GapSpec(GapSource.MARGIN, 0.9, true, UpdateOrder.AFTER_USE, Scope.BATCH));
        // M_0 = 1 from an earlier batch, so that the batch itself does not move it.
        AlignmentState earlier = afterGaps(0, 2);
        double margin = 3;
        double beta = 0.1 * (1 + 0.6 * (margin - 1));
        double loss = Math.log(1 + Math.exp(-beta * margin));
        double stopped = -beta / (1 + Math.exp(beta * margin));
        double through = -margin * 0.6 * 0.1 / (1 + Math.exp(beta * margin));

        AlignmentDecision decision =
                alignment.decide(PairSamples.ofMargins(margin), 1, earlier, new SplittableRandom(SEED));
        assertThat(decision.loss()).isCloseTo(loss, within(1e-14));
        assertThat(decision.chosenDerivative(0)).isCloseTo(stopped, within(1e-14));
        double total = Derivatives.atZero(
                h -> alignment
                        .decide(PairSamples.ofMargins(margin + h), 1, earlier, new SplittableRandom(SEED))
                        .loss(),
                0.05);
        assertThat(total).as("the whole derivative is another").isCloseTo(stopped + through, within(1e-10));
    }

    @Test
    void evaluationIsPure() {
        PairLogProbs pairs = PairSamples.random(new SplittableRandom(SEED), 12);
        Alignment alignment = AlignmentSpec.DEFAULT.create();
        double[] first = alignment.evaluate(pairs, AlignmentState.START).losses();
        AlignmentDecision before = decide(alignment, pairs);
        double[] second = alignment.evaluate(pairs, AlignmentState.START).losses();
        AlignmentDecision after = decide(alignment, pairs);
        assertThat(second).containsExactly(first);
        assertThat(after.loss()).isEqualTo(before.loss());
        // at beta_0, and pairs that a selection would drop included
        assertThat(first).hasSize(12);
        assertThat(first[0])
                .isCloseTo(Math.log1p(Math.exp(-0.1 * alignment.objective().margin(pairs, 0))), within(1e-12));
    }

    @Test
    void sameStreamGivesTheSameDecision() {
        PairLogProbs pairs = PairSamples.random(new SplittableRandom(SEED), 32);
        Alignment alignment = AlignmentSpec.DEFAULT.create();
        AlignmentDecision one = decide(alignment, pairs);
        AlignmentDecision two = decide(alignment, pairs);
        for (int i = 0; i < 32; i++) {
            assertThat(two.weight(i)).isEqualTo(one.weight(i));
            assertThat(two.chosenDerivative(i)).isEqualTo(one.chosenDerivative(i));
        }
        assertThat(two.state()).isEqualTo(one.state());
    }

    @Test
    void batchScopeIgnoresHowTheBatchIsCut() {
        PairLogProbs pairs = PairSamples.random(new SplittableRandom(SEED), 32);
        Alignment alignment = AlignmentSpec.DEFAULT.create();
        AlignmentDecision whole = alignment.decide(pairs, 32, AlignmentState.START, stream());
        for (int microBatchSize : new int[] {1, 5, 8, 100}) {
            AlignmentDecision cut = alignment.decide(pairs, microBatchSize, AlignmentState.START, stream());
            assertThat(cut.loss()).isEqualTo(whole.loss());
            assertThat(cut.state()).isEqualTo(whole.state());
            assertThat(cut.rejectedDerivative(31)).isEqualTo(whole.rejectedDerivative(31));
        }
    }

    @Test
    void microBatchScopeDecidesEachPartByItself() {
        PairLogProbs pairs = PairSamples.random(new SplittableRandom(SEED), 20);
        Alignment parts = AlignmentSpec.PUBLISHED_CODE.create();
        AlignmentDecision decision = parts.decide(pairs, 8, AlignmentState.START, stream());

        RandomGenerator random = stream();
        AlignmentState running = AlignmentState.START;
        double loss = 0;
        for (int from = 0; from < 20; from += 8) {
            PairLogProbs part = pairs.slice(from, Math.min(20, from + 8));
            AlignmentDecision alone = parts.decide(part, part.size(), running, random);
            running = alone.state();
            loss += alone.loss() / 3;
            for (int i = 0; i < part.size(); i++) {
                assertThat(decision.weight(from + i)).isEqualTo(alone.weight(i));
                assertThat(decision.beta(from + i)).isEqualTo(alone.beta(i));
                assertThat(decision.gap(from + i)).isEqualTo(alone.gap(i));
                assertThat(decision.chosenDerivative(from + i)).isCloseTo(alone.chosenDerivative(i) / 3, within(1e-16));
            }
        }
        assertThat(decision.loss()).isCloseTo(loss, within(1e-14));
        assertThat(decision.state()).isEqualTo(running);
        assertThat(decision.state().gaps().updates()).isEqualTo(3);
        // of 8, 8 and 4 pairs: 6, 6 and 3
        assertThat(decision.keptFraction()).isEqualTo(15.0 / 20);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -4})
    void microBatchesMustHoldPairs(int microBatchSize) {
        Alignment alignment = AlignmentSpec.PUBLISHED_CODE.create();
        PairLogProbs pairs = PairSamples.ofMargins(1, 2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> alignment.decide(pairs, microBatchSize, AlignmentState.START, stream()))
                .withMessage("microBatchSize must be ≥ 1 but was " + microBatchSize);
    }

    @Test
    void batchIsJudgedWithOrWithoutItself() {
        PairLogProbs first = PairSamples.ofMargins(1, 3);
        PairLogProbs second = PairSamples.ofMargins(10, 30);
        Alignment before = with(UpdateOrder.BEFORE_USE);
        Alignment after = with(UpdateOrder.AFTER_USE);

        // The first batch has nothing before it: both judge it by itself.
        AlignmentDecision firstBefore = before.decide(first, 2, AlignmentState.START, stream());
        AlignmentDecision firstAfter = after.decide(first, 2, AlignmentState.START, stream());
        assertThat(firstBefore.gapMean()).isCloseTo(2, within(1e-14));
        assertThat(firstAfter.gapMean()).isCloseTo(2, within(1e-14));
        assertThat(firstAfter.state()).isEqualTo(firstBefore.state());

        // (0.9 * 2 + 20) / 1.9 with the batch, 2 without
        AlignmentDecision secondBefore = before.decide(second, 2, firstBefore.state(), stream());
        AlignmentDecision secondAfter = after.decide(second, 2, firstAfter.state(), stream());
        assertThat(secondBefore.gapMean()).isCloseTo(21.8 / 1.9, within(1e-13));
        assertThat(secondAfter.gapMean()).isCloseTo(2, within(1e-14));
        assertThat(secondAfter.gapDeviation()).isCloseTo(Math.sqrt(2), within(1e-14));
        assertThat(secondAfter.state()).isEqualTo(secondBefore.state());
    }

    @Test
    void nonFinitePairsAreDroppedCountedAndForgotten() {
        Alignment alignment = AlignmentSpec.DEFAULT.create();
        PairLogProbs pairs = PairSamples.ofMargins(1, NAN, 3, Double.POSITIVE_INFINITY, 2, Double.NEGATIVE_INFINITY);
        AlignmentDecision decision = decide(alignment, pairs);
        assertThat(decision.numNonFinite()).isEqualTo(3);
        assertThat(decision.loss()).isFinite();
        for (int bad : new int[] {1, 3, 5}) {
            assertThat(decision.weight(bad)).isZero();
            assertThat(decision.chosenDerivative(bad)).isZero();
            assertThat(decision.rejectedDerivative(bad)).isZero();
        }
        assertThat(decision.state().gaps())
                .isEqualTo(afterGaps(alignment.gaps(PairSamples.ofMargins(1, 3, 2)))
                        .gaps());
        assertThat(decision.state().kept().gapCount()).isEqualTo(3);
    }

    @Test
    void batchWithoutAnyFinitePairTeachesNothing() {
        AlignmentState before = afterGaps(1, 2, 5);
        PairLogProbs pairs = PairSamples.ofMargins(NAN, NAN, Double.NEGATIVE_INFINITY);
        for (Scope scope : Scope.values()) {
            for (AggregationSpec aggregation : aggregations()) {
                AlignmentSpec spec = new AlignmentSpec(
                        ObjectiveSpec.Dpo.DEFAULT,
                        CalibrationSpec.Batch.DEFAULT,
                        SelectionSpec.Gaussian.DEFAULT,
                        aggregation,
                        new GapSpec(GapSource.REWARD, 0.9, true, UpdateOrder.BEFORE_USE, scope));
                AlignmentDecision decision = spec.create().decide(pairs, 2, before, stream());
                assertThat(decision.loss()).isZero();
                assertThat(decision.keptFraction()).isZero();
                assertThat(decision.effectiveBeta()).isEqualTo(0.1);
                assertThat(decision.numNonFinite()).isEqualTo(3);
                for (int i = 0; i < 3; i++) {
                    assertThat(decision.chosenDerivative(i)).isZero();
                    assertThat(decision.rejectedDerivative(i)).isZero();
                }
                assertThat(decision.state()).isEqualTo(before);
            }
        }
    }

    @Test
    void everythingFilteredTeachesNothing() {
        AlignmentSpec spec = AlignmentSpec.DEFAULT;
        Alignment alignment = new Alignment(
                spec.objective().create(),
                0.1,
                spec.calibration().create(),
                new GivenSelection(() -> new double[3]),
                spec.aggregation().create(),
                spec.gap());
        AlignmentDecision decision = decide(alignment, PairSamples.ofMargins(1, -4, 2));
        assertThat(decision.loss()).isZero();
        assertThat(decision.chosenDerivative(1)).isZero();
        assertThat(decision.effectiveBeta()).isEqualTo(0.1);
        assertThat(decision.state().gaps().updates()).isEqualTo(1);
    }

    @Test
    void emptyBatchChangesNothing() {
        for (AlignmentSpec spec : new AlignmentSpec[] {AlignmentSpec.DEFAULT, AlignmentSpec.PUBLISHED_CODE}) {
            AlignmentDecision decision = decide(spec.create(), PairSamples.ofMargins());
            assertThat(decision.size()).isZero();
            assertThat(decision.loss()).isZero();
            assertThat(decision.keptFraction()).isZero();
            assertThat(decision.effectiveBeta()).isEqualTo(0.1);
            assertThat(decision.state()).isEqualTo(AlignmentState.START);
        }
    }

    @Test
    void everyCombinationRunsOnEveryKindOfBatch() {
        for (ObjectiveSpec objective : objectives()) {
            for (CalibrationSpec calibration : calibrations()) {
                for (SelectionSpec selection : selections()) {
                    for (AggregationSpec aggregation : aggregations()) {
                        for (GapSpec gap : gapSpecs()) {
                            runThrough(new AlignmentSpec(objective, calibration, selection, aggregation, gap));
                        }
                    }
                }
            }
        }
    }

    private static void runThrough(AlignmentSpec spec) {
        RandomGenerator random = new SplittableRandom(SEED);
        PairLogProbs[] batches = {
            PairSamples.random(random, 1),
            PairSamples.ofMargins(0, 0, 0, 0),
            PairSamples.random(random, 16),
            PairSamples.ofMargins(NAN, NAN),
            PairSamples.ofMargins(1e4, -1e4, 3, NAN, Double.POSITIVE_INFINITY),
            PairSamples.ofMargins(),
            PairSamples.ofMargins(1e100, -1e100, 0, 1, 2),
            PairSamples.random(random, 7),
        };
        Alignment alignment = spec.create();
        AlignmentState running = AlignmentState.START;
        for (int b = 0; b < batches.length; b++) {
            AlignmentDecision decision = alignment.decide(batches[b], 3, running, random);
            running = decision.state();
            String where = spec + " batch " + b;
            boolean finite = Double.isFinite(decision.loss())
                    && Double.isFinite(decision.effectiveBeta())
                    && decision.effectiveBeta() > 0
                    && Double.isFinite(decision.gapMean())
                    && Double.isFinite(decision.gapDeviation())
                    && decision.clampedShare() >= 0
                    && decision.clampedShare() <= 1 + 1e-12;
            for (int i = 0; i < decision.size(); i++) {
                finite &= Double.isFinite(decision.chosenDerivative(i))
                        && Double.isFinite(decision.rejectedDerivative(i))
                        && Double.isFinite(decision.beta(i))
                        && decision.beta(i) > 0
                        && (decision.weight(i) > 0 || decision.chosenDerivative(i) == 0)
                        && (decision.weight(i) == 0 || Double.isFinite(decision.gap(i)));
            }
            assertThat(finite).as("%s seed %d", where, SEED).isTrue();
        }
    }

    private static AlignmentState afterGaps(double... gaps) {
        return AlignmentState.of(RunningMoments.EMPTY.update(gaps, 0.9), RunningMoments.EMPTY, 1);
    }

    private static ObjectiveSpec[] objectives() {
        return new ObjectiveSpec[] {
            ObjectiveSpec.Dpo.DEFAULT,
            ObjectiveSpec.Cdpo.DEFAULT,
            ObjectiveSpec.Ipo.DEFAULT,
            new ObjectiveSpec.Ipo(0.1, true),
            ObjectiveSpec.SimPo.DEFAULT,
            ObjectiveSpec.RobustDpo.DEFAULT,
            ObjectiveSpec.Bco.DEFAULT,
            ObjectiveSpec.Rpo.DEFAULT,
            ObjectiveSpec.AotUnpaired.DEFAULT,
            ObjectiveSpec.Sum.DEFAULT
        };
    }

    private static CalibrationSpec[] calibrations() {
        return new CalibrationSpec[] {
            CalibrationSpec.Fixed.DEFAULT,
            CalibrationSpec.Batch.DEFAULT,
            CalibrationSpec.Instance.DEFAULT,
            CalibrationSpec.Population.DEFAULT,
            CalibrationSpec.Perturbation.DEFAULT
        };
    }

    private static List<SelectionSpec> selections() {
        List<SelectionSpec> selections = new ArrayList<>(
                List.of(SelectionSpec.None.DEFAULT, SelectionSpec.Gaussian.DEFAULT, SelectionSpec.Random.DEFAULT));
        for (SelectionCriterion by : SelectionCriterion.values()) {
            for (CutSelection.End end : CutSelection.End.values()) {
                selections.add(new SelectionSpec.Cut(by, end, 0.6));
            }
        }
        return selections;
    }

    private static AggregationSpec[] aggregations() {
        return new AggregationSpec[] {
            AggregationSpec.Mean.DEFAULT, AggregationSpec.TokenMean.DEFAULT, AggregationSpec.DrDpo.DEFAULT
        };
    }

    private static List<GapSpec> gapSpecs() {
        List<GapSpec> specs = new ArrayList<>();
        for (GapSource source : GapSource.values()) {
            for (UpdateOrder update : UpdateOrder.values()) {
                for (Scope scope : Scope.values()) {
                    specs.add(new GapSpec(source, 0.9, true, update, scope));
                    specs.add(new GapSpec(source, 0.9, false, update, scope));
                }
            }
        }
        return specs;
    }

    /// The same alignment with the weights and betas of a decision, whatever the gaps.
    private static Alignment frozen(AlignmentSpec spec, AlignmentDecision decision) {
        double[] weights = new double[decision.size()];
        Arrays.setAll(weights, decision::weight);
        double[] betas = betas(decision);
        Calibration calibration = new Calibration() {
            @Override
            public CalibratedBetas calibrate(CalibrationInput input) {
                return new CalibratedBetas(betas, 0);
            }

            @Override
            public boolean looksAtGaps() {
                return false;
            }
        };
        return new Alignment(
                spec.objective().create(),
                spec.objective().beta(),
                calibration,
                new GivenSelection(weights::clone),
                spec.aggregation().create(),
                spec.gap());
    }

    private static double[] betas(AlignmentDecision decision) {
        double[] betas = new double[decision.size()];
        Arrays.setAll(betas, decision::beta);
        return betas;
    }

    private static Alignment calibrated(GapSource source, double sensitivity) {
        return new AlignmentSpec(
                        ObjectiveSpec.Dpo.DEFAULT,
                        new CalibrationSpec.Batch(sensitivity, 0.01, 10),
                        SelectionSpec.Gaussian.DEFAULT,
                        AggregationSpec.Mean.DEFAULT,
                        new GapSpec(source, 0.9, true, UpdateOrder.BEFORE_USE, Scope.BATCH))
                .create();
    }

    private static Alignment with(GapSource source) {
        return with(new GapSpec(source, 0.9, true, UpdateOrder.BEFORE_USE, Scope.BATCH));
    }

    private static Alignment with(UpdateOrder update) {
        return with(new GapSpec(GapSource.MARGIN, 0.9, true, update, Scope.BATCH));
    }

    private static Alignment with(GapSpec gap) {
        AlignmentSpec spec = AlignmentSpec.DEFAULT;
        return new AlignmentSpec(spec.objective(), spec.calibration(), spec.selection(), spec.aggregation(), gap)
                .create();
    }

    private static AlignmentDecision decide(Alignment alignment, PairLogProbs pairs) {
        return alignment.decide(pairs, Math.max(1, pairs.size()), AlignmentState.START, stream());
    }

    private static RandomGenerator stream() {
        return RandomStreams.stream(SEED, "selection", 1);
    }
}
