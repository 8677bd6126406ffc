package org.betatron.core.alignment;

import java.util.ArrayList;
import java.util.List;
import org.betatron.core.aggregation.AggregatedLoss;
import org.betatron.core.calibration.CalibratedBetas;
import org.betatron.core.logprob.ResponseQuantity;
import org.betatron.core.objective.ObjectiveValue;
import org.betatron.core.objective.PairDerivatives;
import org.betatron.core.statistics.Moments;

/// What one optimizer batch teaches: the derivative of its loss by each response's log-probability, and why.
///
/// Immutable once built. Values per pair are in the order of the batch.
public final class AlignmentDecision {

    private final Builder values;
    private final AlignmentState state;

    private AlignmentDecision(Builder values, AlignmentState state) {
        this.values = values;
        this.state = state;
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

    /// @return reward gap of a pair, in the units of [GapSpec#source]
    public double gap(int pair) {
        return values.gaps[pair];
    }

    /// @return loss of a pair at its beta, nats, whether it was kept or not
    public double pairLoss(int pair) {
        return values.losses[pair];
    }

    /// @return derivative of [#loss] by the pair's chosen log-probability; 0 for a dropped pair
    public double chosenDerivative(int pair) {
        return chosenDerivative(ResponseQuantity.POLICY, pair);
    }

    /// @return derivative of [#loss] by the pair's rejected log-probability; 0 for a dropped pair
    public double rejectedDerivative(int pair) {
        return rejectedDerivative(ResponseQuantity.POLICY, pair);
    }

    /// @param quantity a differentiable quantity
    /// @return derivative of [#loss] by that quantity of the pair's chosen response
    public double chosenDerivative(ResponseQuantity quantity, int pair) {
        return values.part(pair).chosen().get(quantity, pair % values.partSize);
    }

    /// @param quantity a differentiable quantity
    /// @return derivative of [#loss] by that quantity of the pair's rejected response
    public double rejectedDerivative(ResponseQuantity quantity, int pair) {
        return values.part(pair).rejected().get(quantity, pair % values.partSize);
    }

    /// @return what this batch leaves to the next
    public AlignmentState state() {
        return state;
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

    /// @return mean gap of kept pairs; `M_0` where nothing was kept
    public double keptGapMean() {
        double sum = 0;
        double totalWeight = 0;
        for (int i = 0; i < size(); i++) {
            if (values.weights[i] > 0) {
                sum += values.weights[i] * values.gaps[i];
                totalWeight += values.weights[i];
            }
        }
        return totalWeight == 0 ? gapMean() : sum / totalWeight;
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

    /// Assembles a decision from the parts that were decided together, which come in order.
    static final class Builder {

        private final double baseBeta;
        private final int partSize;
        private final double share;
        private final double[] gaps;
        private final double[] weights;
        private final double[] betas;
        private final double[] losses;
        private final List<PairDerivatives> parts = new ArrayList<>();
        private double loss;
        private double clampedShare;
        private Moments current = new Moments(0, 0, 0);

        /// @param partSize pairs of every part but the last
        /// @param share    weight of a part's loss in the batch loss
        Builder(int size, double baseBeta, int partSize, double share) {
            this.baseBeta = baseBeta;
            this.partSize = partSize;
            this.share = share;
            gaps = new double[size];
            weights = new double[size];
            betas = new double[size];
            losses = new double[size];
        }

        void add(
                double[] partGaps,
                double[] partWeights,
                CalibratedBetas partBetas,
                ObjectiveValue value,
                AggregatedLoss aggregated,
                Moments statistics) {
            int offset = parts.size() * partSize;
            double[] factors = new double[partGaps.length];
            for (int i = 0; i < partGaps.length; i++) {
                factors[i] = partWeights[i] > 0 ? share * aggregated.factor(i) : 0;
            }
            System.arraycopy(partGaps, 0, gaps, offset, partGaps.length);
            System.arraycopy(partWeights, 0, weights, offset, partGaps.length);
            System.arraycopy(partBetas.betas(), 0, betas, offset, partGaps.length);
            System.arraycopy(value.losses(), 0, losses, offset, partGaps.length);
            PairDerivatives derivatives = PairDerivatives.ofSize(partGaps.length);
            value.pullBack(factors, derivatives);
            parts.add(derivatives);
            loss += share * aggregated.loss();
            clampedShare += share * partBetas.clampedShare();
            current = statistics;
        }

        AlignmentDecision build(AlignmentState state) {
            return new AlignmentDecision(this, state);
        }

        private PairDerivatives part(int pair) {
            return parts.get(pair / partSize);
        }
    }
}
