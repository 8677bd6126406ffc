package org.betatron.core.alignment;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.betatron.core.aggregation.AggregatedLoss;
import org.betatron.core.aggregation.Aggregation;
import org.betatron.core.alignment.GapSpec.GapScale;
import org.betatron.core.alignment.GapSpec.Scope;
import org.betatron.core.alignment.GapSpec.UpdateOrder;
import org.betatron.core.calibration.CalibratedBetas;
import org.betatron.core.calibration.Calibration;
import org.betatron.core.objective.Objective;
import org.betatron.core.objective.ObjectiveValue;
import org.betatron.core.objective.PairLogProbs;
import org.betatron.core.selection.Selection;
import org.betatron.core.statistics.GapStatistics;
import org.betatron.core.statistics.RunningGapStatistics;

/// Decides what one batch of pairs teaches.
///
/// ```text
/// gaps        M_i = beta_0 m_i  (or m_i)
/// statistics  M_0, sigma
/// selection   gaps, statistics           -> weights
/// calibration gaps, weights, statistics  -> betas
/// objective   log-probs, betas           -> losses and their derivatives
/// aggregation losses, weights            -> batch loss and the factor of each pair
/// result      d batch loss / d log-prob of both responses of each pair
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

    /// Decides about one optimizer batch.
    ///
    /// @param pairs          log-probabilities of the whole optimizer batch
    /// @param microBatchSize pairs per micro-batch, ≥ 1; matters for [Scope#MICRO_BATCH] only
    /// @param statistics     running statistics before this batch
    /// @param random         stream of this step's draw
    /// @return weights, betas, losses and derivatives of every pair, and the statistics after this batch
    /// @throws IllegalArgumentException if `microBatchSize` is below 1
    public AlignmentDecision decide(
            PairLogProbs pairs, int microBatchSize, RunningGapStatistics statistics, RandomGenerator random) {
        if (microBatchSize < 1) {
            throw new IllegalArgumentException("microBatchSize must be ≥ 1 but was " + microBatchSize);
        }
        int n = pairs.size();
        int partSize = gap.scope() == Scope.BATCH ? Math.max(n, 1) : microBatchSize;
        int numParts = Math.ceilDiv(n, partSize);
        AlignmentDecision.Builder decision = new AlignmentDecision.Builder(n, beta);
        RunningGapStatistics running = statistics;
        for (int from = 0; from < n; from += partSize) {
            PairLogProbs part = pairs.slice(from, Math.min(n, from + partSize));
            running = decidePart(part, from, 1.0 / numParts, running, random, decision);
        }
        return decision.build(running);
    }

    /// Evaluates pairs at beta_0, all of them, touching no statistics and drawing nothing.
    ///
    /// @param pairs log-probabilities of `n` pairs
    /// @return loss and derivatives of each pair, unreduced
    public ObjectiveValue evaluate(PairLogProbs pairs) {
        double[] betas = new double[pairs.size()];
        Arrays.fill(betas, beta);
        return objective.evaluate(pairs, betas);
    }

    /// @return reward gap of each pair, `[n]`, in the units that [GapSpec#scale] says
    public double[] gaps(PairLogProbs pairs) {
        double unit = gap.scale() == GapScale.REWARD ? beta : 1;
        double[] gaps = new double[pairs.size()];
        for (int i = 0; i < gaps.length; i++) {
            gaps[i] = unit * objective.margin(pairs, i);
        }
        return gaps;
    }

    private RunningGapStatistics decidePart(
            PairLogProbs pairs,
            int offset,
            double share,
            RunningGapStatistics before,
            RandomGenerator random,
            AlignmentDecision.Builder decision) {
        double[] gaps = gaps(pairs);
        RunningGapStatistics after = before.update(gaps, gap.momentum());
        boolean includesBatch = gap.update() == UpdateOrder.BEFORE_USE || before.updates() == 0;
        GapStatistics current = (includesBatch ? after : before).estimate(gap.momentum(), gap.biasCorrected());

        double[] weights = selection.select(gaps, current, random);
        CalibratedBetas betas = calibration.calibrate(beta, gaps, weights, current);
        ObjectiveValue value = objective.evaluate(pairs, betas.betas());
        AggregatedLoss loss = aggregation.aggregate(value.toLosses(), weights);
        decision.add(offset, share, gaps, weights, betas, value, loss, current);
        return after;
    }
}
