package org.betatron.core.aggregation;

/// The loss of a batch and how much of each pair's gradient enters it.
///
/// Owned by whoever asked for the aggregation; the constructor keeps the array.
public final class AggregatedLoss {

    private final double loss;
    private final double[] factors;

    /// @param loss    loss of the batch, nats
    /// @param factors derivative of that loss by each pair's loss, `[n]`
    public AggregatedLoss(double loss, double[] factors) {
        this.loss = loss;
        this.factors = factors;
    }

    public double loss() {
        return loss;
    }

    /// @return derivative of the batch loss by the loss of a pair
    public double factor(int pair) {
        return factors[pair];
    }
}
