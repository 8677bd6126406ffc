package org.betatron.data.packing;

/// Hears of the rows of a batch while they go through a model. May throw to interrupt.
@FunctionalInterface
public interface ScoringListener {

    /// @param part     numbers of the rows that have just come out of the model, as those of a batch of their own
    /// @param rowsDone rows of the batch that are done by now
    void scored(BatchNumbers part, int rowsDone);
}
