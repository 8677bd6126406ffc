package org.betatron.core.aggregation;

import java.util.function.IntUnaryOperator;

/// Turns the losses of a batch into one number.
///
/// Implementations are stateless and thread-safe.
public interface Aggregation {

    /// @return whether the batch loss is the plain mean over kept pairs
    default boolean isMean() {
        return false;
    }

    /// @return whether it asks how many tokens a pair has
    default boolean readsLengths() {
        return false;
    }

    /// @param losses  loss of each pair, `[n]`, finite where the weight is not zero
    /// @param weights weight of each pair, `[n]`, ≥ 0; a pair of weight zero is inert
    /// @param tokens  scored tokens of each pair, both responses together
    /// @return batch loss and its derivative by each pair's loss; zero throughout where every weight is zero
    AggregatedLoss aggregate(double[] losses, double[] weights, IntUnaryOperator tokens);
}
