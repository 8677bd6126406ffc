package org.betatron.core.aggregation;

import java.util.function.IntUnaryOperator;

/// The mean over kept pairs, weighted by their scored tokens: a long pair counts for more.
///
/// ```text
/// loss = sum_i w_i n_i loss_i / sum_i w_i n_i            n_i: tokens of both responses
/// ```
public record TokenMeanAggregation() implements Aggregation {

    private static final MeanAggregation MEAN = new MeanAggregation();

    @Override
    public boolean readsLengths() {
        return true;
    }

    @Override
    public AggregatedLoss aggregate(double[] losses, double[] weights, IntUnaryOperator tokens) {
        double[] tokenWeights = new double[weights.length];
        for (int i = 0; i < weights.length; i++) {
            tokenWeights[i] = weights[i] * tokens.applyAsInt(i);
        }
        return MEAN.aggregate(losses, tokenWeights, tokens);
    }
}
