package org.betatron.core.aggregation;

import java.util.function.IntUnaryOperator;

/// The mean over kept pairs.
///
/// ```text
/// loss = sum_i w_i loss_i / sum_i w_i            factor_i = w_i / sum_i w_i
/// ```
public record MeanAggregation() implements Aggregation {

    @Override
    public boolean isMean() {
        return true;
    }

    @Override
    public AggregatedLoss aggregate(double[] losses, double[] weights, IntUnaryOperator tokens) {
        double totalWeight = 0;
        for (double weight : weights) {
            totalWeight += weight;
        }
        double[] factors = new double[losses.length];
        double loss = 0;
        for (int i = 0; i < losses.length; i++) {
            if (weights[i] > 0) {
                factors[i] = weights[i] / totalWeight;
                loss += factors[i] * losses[i];
            }
        }
        return new AggregatedLoss(loss, factors);
    }
}
