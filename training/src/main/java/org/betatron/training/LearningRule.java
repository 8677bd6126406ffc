package org.betatron.training;

import java.util.List;
import org.betatron.core.alignment.AlignmentState;
import org.betatron.core.model.VocabularyRequest;
import org.betatron.data.packing.BatchLogProbs;
import org.betatron.data.row.TokenizedRow;

/// What is learned from rows: the one thing in which kinds of training differ.
///
/// Implementations hold no state that a step changes; equal arguments give equal decisions.
public interface LearningRule {

    /// @return the training rows
    List<? extends TokenizedRow> rows();

    /// @return what a model has to compute of each token beside its log-probability
    default VocabularyRequest request() {
        return VocabularyRequest.NONE;
    }

    /// Whether the loss of a batch is a mean of losses of its rows, weighted by [#weight], each of which
    /// depends on that row alone. Then a part of a batch can be learned before the rest was looked at,
    /// which needs a part of the memory.
    default boolean decidesRowByRow() {
        return false;
    }

    /// @param row number of a row in the data set
    /// @return its weight in such a mean, > 0
    default double weight(int row) {
        return 1;
    }

    /// Decides about one whole optimizer batch, or a part of it.
    ///
    /// @param step     number of the step, from 1 on
    /// @param logProbs numbers of the rows under the model as it is
    /// @param state    what earlier batches left
    /// @param share    weight of these rows in the loss of the batch, which derivatives are multiplied
    ///     with, in (0, 1]; below 1 only where [#decidesRowByRow]
    /// @return the loss, its derivatives and what this batch leaves
    /// @throws org.betatron.training.run.TrainingException if anything is not finite, naming the
    ///     step and the first row concerned
    StepDecision decide(long step, BatchLogProbs logProbs, AlignmentState state, double share);
}
