package org.betatron.core.alignment;

import org.betatron.core.aggregation.AggregatedLoss;
import org.betatron.core.calibration.CalibratedBetas;
import org.betatron.core.objective.ObjectiveValue;
import org.betatron.core.statistics.GapStatistics;
import org.betatron.core.statistics.RunningGapStatistics;

/// What one optimizer batch teaches: the derivative of its loss by each response's log-probability, and why.
///
/// Immutable once built. Values per pair are in the order of the batch.
public final class AlignmentDecision {

    private final Builder values;
    private final RunningGapStatistics statistics;

    private AlignmentDecision(Builder values, RunningGapStatistics statistics) {
        this.values = values;
        this.statistics = statistics;
    }

    /// @return number of pairs
    public int size() {
        return values.weights.length;
    }

    /// @return loss that is optimized: over kept pairs, at their betas, nats
    public double loss() {
        return values.loss;
    }

    /// @return weight of a pair: 1 for kept, 0 for dropped
    public double weight(int pair) {
        return values.weights[pair];
    }

    /// @return beta of a pair
    public double beta(int pair) {
        return values.betas[pair];
    }

    /// @return reward gap of a pair, in the units of [GapSpec#scale]
    public double gap(int pair) {
        return values.gaps[pair];
    }

    /// @return loss of a pair at its beta, nats, whether it was kept or not
    public double pairLoss(int pair) {
        return values.losses[pair];
    }

    /// @return derivative of [#loss] by the pair's chosen log-probability; 0 for a dropped pair
    public double chosenDerivative(int pair) {
        return values.chosenDerivatives[pair];
    }

    /// @return derivative of [#loss] by the pair's rejected log-probability; 0 for a dropped pair
    public double rejectedDerivative(int pair) {
        return values.rejectedDerivatives[pair];
    }

    /// @return running statistics after this batch
    public RunningGapStatistics statistics() {
        return statistics;
    }

    /// @return `M_0` that this batch was judged by; where it was decided in parts, the last part's
    public double gapMean() {
        return values.current.mean();
    }

    /// @return `sigma` that this batch was judged by; where it was decided in parts, the last part's
    public double gapDeviation() {
        return values.current.deviation();
    }

    /// @return share of pairs that were kept, in [0, 1]
    public double keptFraction() {
        double kept = 0;
        for (double weight : values.weights) {
            kept += weight > 0 ? 1 : 0;
        }
        return size() == 0 ? 0 : kept / size();
    }

    /// @return mean beta over kept pairs; beta_0 where nothing was kept
    public double effectiveBeta() {
        double first = size() == 0 ? values.baseBeta : values.betas[0];
        double sum = 0;
        double totalWeight = 0;
        for (int i = 0; i < size(); i++) {
            // Distances from one of them, so that equal betas have exactly themselves as their mean.
            sum += values.weights[i] * (values.betas[i] - first);
            totalWeight += values.weights[i];
        }
        return totalWeight == 0 ? values.baseBeta : first + sum / totalWeight;
    }

    /// @return share of beta decisions that met floor or ceiling, in [0, 1]
    public double clampedShare() {
        return values.clampedShare;
    }

    /// @return number of pairs whose gap was not finite; they are dropped and enter no statistic
    public int numNonFinite() {
        int count = 0;
        for (double gap : values.gaps) {
            count += Double.isFinite(gap) ? 0 : 1;
        }
        return count;
    }

    /// Assembles a decision from the parts that were decided together.
    static final class Builder {

        private final double baseBeta;
        private final double[] gaps;
        private final double[] weights;
        private final double[] betas;
        private final double[] losses;
        private final double[] chosenDerivatives;
        private final double[] rejectedDerivatives;
        private double loss;
        private double clampedShare;
        private GapStatistics current = new GapStatistics(0, 0, 0);

        Builder(int size, double baseBeta) {
            this.baseBeta = baseBeta;
            gaps = new double[size];
            weights = new double[size];
            betas = new double[size];
            losses = new double[size];
            chosenDerivatives = new double[size];
            rejectedDerivatives = new double[size];
        }

        /// @param offset number of the part's first pair
        /// @param share  weight of the part's loss in the batch loss
        void add(
                int offset,
                double share,
                double[] partGaps,
                double[] partWeights,
                CalibratedBetas partBetas,
                ObjectiveValue value,
                AggregatedLoss aggregated,
                GapStatistics statistics) {
            for (int i = 0; i < partGaps.length; i++) {
                int pair = offset + i;
                gaps[pair] = partGaps[i];
                weights[pair] = partWeights[i];
                betas[pair] = partBetas.betas()[i];
                losses[pair] = value.loss(i);
                if (partWeights[i] > 0) {
                    double factor = share * aggregated.factor(i);
                    chosenDerivatives[pair] = factor * value.chosenDerivative(i);
                    rejectedDerivatives[pair] = factor * value.rejectedDerivative(i);
                }
            }
            loss += share * aggregated.loss();
            clampedShare += share * partBetas.clampedShare();
            current = statistics;
        }

        AlignmentDecision build(RunningGapStatistics statistics) {
            return new AlignmentDecision(this, statistics);
        }
    }
}
