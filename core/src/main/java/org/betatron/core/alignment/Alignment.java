package org.betatron.core.alignment;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.betatron.core.aggregation.AggregatedLoss;
import org.betatron.core.aggregation.Aggregation;
import org.betatron.core.alignment.GapSpec.GapSource;
import org.betatron.core.alignment.GapSpec.Scope;
import org.betatron.core.alignment.GapSpec.UpdateOrder;
import org.betatron.core.calibration.CalibratedBetas;
import org.betatron.core.calibration.Calibration;
import org.betatron.core.calibration.CalibrationInput;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.logprob.RequiredInputs;
import org.betatron.core.objective.Objective;
import org.betatron.core.objective.ObjectiveValue;
import org.betatron.core.objective.PairDerivatives;
import org.betatron.core.selection.Selection;
import org.betatron.core.selection.SelectionCriterion;
import org.betatron.core.statistics.Moments;
import org.betatron.core.statistics.RunningMoments;

/// Decides what one batch of pairs teaches.
///
/// ```text
/// gaps        M_i = beta_0 m_i  (or m_i, or a difference of explicit scores)
/// statistics  M_0, sigma, and what the objective follows
/// selection   gaps, statistics           -> weights
/// calibration gaps, weights, statistics  -> betas
/// objective   log-probs, betas           -> losses and their derivatives
/// aggregation losses, weights            -> batch loss and the factor of each pair
/// result      d batch loss / d every quantity of both responses of each pair
/// ```
///
/// Stateless and thread-safe: statistics come in and go out as values.
///
/// @param objective   what a pair costs
/// @param beta        beta_0, > 0
/// @param calibration how sharp each preference is
/// @param selection   which pairs count
/// @param aggregation how losses become one number
/// @param gap         what the reward gap is, and how its statistics are kept
public record Alignment(
        Objective objective,
        double beta,
        Calibration calibration,
        Selection selection,
        Aggregation aggregation,
        GapSpec gap) {

    /// @return what objective, calibration and aggregation read of a response
    public RequiredInputs inputs() {
        RequiredInputs inputs = objective.inputs().and(calibration.inputs());
        return aggregation.readsLengths() ? inputs.withLengths() : inputs;
    }

    /// @return whether anything looks at gaps, so that their definition and statistics matter
    public boolean looksAtGaps() {
        return calibration.looksAtGaps() || selection.looksAtGaps();
    }

    /// @return whether the data have to bring explicit scores
    public boolean needsScores() {
        return objective.needsScores()
                || (looksAtGaps() && gap.source() == GapSource.SCORE)
                || (!selection.keepsAll() && selection.criterion() == SelectionCriterion.SCORE_GAP);
    }

    /// @return whether the loss is the mean of losses each of which depends on its own pair and on what
    ///     earlier batches left, so that a part of a batch can be decided about before the rest is known
    public boolean decidesRowByRow() {
        return objective.isRowByRow()
                && !objective.keepsStatistics()
                && calibration.decidesRowByRow()
                && selection.keepsAll()
                && aggregation.isMean()
                && gap.scope() == Scope.BATCH;
    }

    /// Decides about one optimizer batch as at the start of a run.
    ///
    /// @return as of the other method, with a progress of 0
    public AlignmentDecision decide(
            PairLogProbs pairs, int microBatchSize, AlignmentState state, RandomGenerator random) {
        return decide(pairs, microBatchSize, state, 0, random);
    }

    /// Decides about one optimizer batch.
    ///
    /// @param pairs          quantities of the whole optimizer batch
    /// @param microBatchSize pairs per micro-batch, ≥ 1; matters for [Scope#MICRO_BATCH] only
    /// @param state          what earlier batches left
    /// @param progress       share of the run's steps that are done, in [0, 1); schedules alone look at it
    /// @param random         stream of this step's draw
    /// @return weights, betas, losses and derivatives of every pair, and the state after this batch
    /// @throws IllegalArgumentException if `microBatchSize` is below 1
    public AlignmentDecision decide(
            PairLogProbs pairs, int microBatchSize, AlignmentState state, double progress, RandomGenerator random) {
        if (microBatchSize < 1) {
            throw new IllegalArgumentException("microBatchSize must be ≥ 1 but was " + microBatchSize);
        }
        int n = pairs.size();
        int partSize = gap.scope() == Scope.BATCH ? Math.max(n, 1) : microBatchSize;
        AlignmentDecision.Builder decision =
                new AlignmentDecision.Builder(n, beta, partSize, 1.0 / Math.ceilDiv(Math.max(n, 1), partSize));
        AlignmentState running = state;
        for (int from = 0; from < n; from += partSize) {
            running = decidePart(pairs.slice(from, Math.min(n, from + partSize)), running, progress, random, decision);
        }
        return decision.build(running);
    }

    /// Evaluates pairs at beta_0, all of them, changing no state and drawing nothing.
    ///
    /// @param pairs quantities of `n` pairs
    /// @param state what training has left so far
    /// @return loss and derivatives of each pair, unreduced
    public ObjectiveValue evaluate(PairLogProbs pairs, AlignmentState state) {
        double[] betas = new double[pairs.size()];
        double[] weights = new double[pairs.size()];
        Arrays.fill(betas, beta);
        Arrays.fill(weights, 1);
        return objective.evaluate(pairs, betas, weights, estimate(state.tracked()));
    }

    /// @return reward gap of each pair, `[n]`, in the units that [GapSpec#source] says; not finite where the
    ///     margin is not
    public double[] gaps(PairLogProbs pairs) {
        double[] gaps = new double[pairs.size()];
        for (int i = 0; i < gaps.length; i++) {
            double margin = objective.margin(pairs, i);
            gaps[i] = switch (gap.source()) {
                case REWARD -> beta * margin;
                case MARGIN -> margin;
                // A score cannot vouch for a pair whose own numbers are broken.
                case SCORE -> Double.isFinite(margin) ? pairs.scoreGap(i) : Double.NaN;
            };
        }
        return gaps;
    }

    private AlignmentState decidePart(
            PairLogProbs pairs,
            AlignmentState before,
            double progress,
            RandomGenerator random,
            AlignmentDecision.Builder decision) {
        double[] gaps = gaps(pairs);
        RunningMoments gapsAfter = before.gaps().update(gaps, gap.momentum());
        Moments current = judging(before.gaps(), gapsAfter);
        RunningMoments trackedAfter = before.tracked().update(objective.tracked(pairs), gap.momentum());
        Moments tracked = judging(before.tracked(), trackedAfter);

        double[] weights = selection.select(criterion(pairs, gaps, current, tracked), current, random);
        RunningMoments keptAfter = before.kept().update(ofKept(gaps, weights), gap.momentum());
        RunningMoments followedAfter = before.followed().update(calibration.followed(pairs), gap.momentum());
        CalibratedBetas betas = calibration.calibrate(new CalibrationInput(
                beta,
                before.betaRatio(),
                pairs,
                margins(pairs),
                gaps,
                weights,
                current,
                judging(before.kept(), keptAfter),
                judging(before.followed(), followedAfter),
                progress));
        ObjectiveValue value = objective.evaluate(pairs, betas.betas(), weights, tracked);
        AggregatedLoss loss = aggregation.aggregate(value.losses(), weights, pairs::numTokens);
        decision.add(gaps, weights, betas, value, loss, current);
        return new AlignmentState(
                gapsAfter, trackedAfter, before.betaRatio() * betas.nextRatio(), keptAfter, followedAfter);
    }

    private double[] margins(PairLogProbs pairs) {
        double[] margins = new double[pairs.size()];
        Arrays.setAll(margins, i -> objective.margin(pairs, i));
        return margins;
    }

    private static double[] ofKept(double[] gaps, double[] weights) {
        return IntStream.range(0, gaps.length)
                .filter(i -> weights[i] > 0)
                .mapToDouble(i -> gaps[i])
                .toArray();
    }

    /// @return what a batch is judged by
    private Moments judging(RunningMoments before, RunningMoments after) {
        boolean includesBatch = gap.update() == UpdateOrder.BEFORE_USE || before.updates() == 0;
        return estimate(includesBatch ? after : before);
    }

    private Moments estimate(RunningMoments running) {
        return running.estimate(gap.momentum(), gap.biasCorrected());
    }

    /// @return what the selection ranks pairs by; not finite where the gap is not, so that such a pair is
    ///     never kept
    private double[] criterion(PairLogProbs pairs, double[] gaps, Moments current, Moments tracked) {
        SelectionCriterion by = selection.keepsAll() ? SelectionCriterion.GAP : selection.criterion();
        return switch (by) {
            case GAP -> gaps;
            case GAP_DISTANCE -> perPair(gaps, i -> Math.abs(gaps[i] - current.mean()));
            case SCORE_GAP -> perPair(gaps, pairs::scoreGap);
            case LOSS -> {
                ObjectiveValue value = atBaseBeta(pairs, gaps, tracked);
                yield perPair(gaps, value::loss);
            }
            case GRADIENT_NORM -> {
                PairDerivatives derivatives = atBaseBeta(pairs, gaps, tracked).derivatives();
                yield perPair(
                        gaps,
                        i -> Math.hypot(
                                derivatives.chosen().policy(i),
                                derivatives.rejected().policy(i)));
            }
        };
    }

    private ObjectiveValue atBaseBeta(PairLogProbs pairs, double[] gaps, Moments tracked) {
        double[] betas = new double[gaps.length];
        double[] weights = new double[gaps.length];
        for (int i = 0; i < gaps.length; i++) {
            betas[i] = beta;
            weights[i] = Double.isFinite(gaps[i]) ? 1 : 0;
        }
        return objective.evaluate(pairs, betas, weights, tracked);
    }

    private static double[] perPair(double[] gaps, IntToDoubleFunction values) {
        double[] result = new double[gaps.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = Double.isFinite(gaps[i]) ? values.applyAsDouble(i) : Double.NaN;
        }
        return result;
    }
}
