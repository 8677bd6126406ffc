package org.betatron.core.aggregation;

import java.util.function.IntUnaryOperator;

/// Dr. DPO: a soft minimum that trusts pairs with a small loss more, robust against flipped labels.
///
/// ```text
/// loss = -b log( sum_i w_i exp(-loss_i / b) / sum_i w_i )
/// factor_i = w_i exp(-loss_i / b) / sum_k w_k exp(-loss_k / b)
/// ```
///
/// Source: Wu et al. 2024, arXiv 2407.07880. `b -> infinity` is the mean. Computed with log-sum-exp;
/// the published code takes `log(mean(exp(-loss)))` directly, which is infinite once every loss exceeds
/// about 104 in single precision, and aggregates per device and micro-batch instead of per batch.
///
/// @param temperature `b`, the paper's beta', > 0, nats
public record DrDpoAggregation(double temperature) implements Aggregation {

    @Override
    public AggregatedLoss aggregate(double[] losses, double[] weights, IntUnaryOperator tokens) {
        double smallest = Double.POSITIVE_INFINITY;
        double totalWeight = 0;
        for (int i = 0; i < losses.length; i++) {
            if (weights[i] > 0) {
                smallest = Math.min(smallest, losses[i]);
                totalWeight += weights[i];
            }
        }
        double[] factors = new double[losses.length];
        if (totalWeight == 0) {
            return new AggregatedLoss(0, factors);
        }
        double sum = 0;
        double excess = 0; // sum - totalWeight, without the rounding of sum
        for (int i = 0; i < losses.length; i++) {
            if (weights[i] > 0) {
                double exponent = (smallest - losses[i]) / temperature;
                factors[i] = weights[i] * Math.exp(exponent);
                sum += factors[i];
                excess += weights[i] * Math.expm1(exponent);
            }
        }
        for (int i = 0; i < losses.length; i++) {
            factors[i] /= sum;
        }
        double mean = excess / totalWeight;
        // Near one the logarithm of a rounded number, times a high temperature, would be noise only.
        double logMean = mean > -0.5 ? Math.log1p(mean) : Math.log(sum / totalWeight);
        return new AggregatedLoss(smallest - temperature * logMean, factors);
    }
}
