package org.betatron.training;

import java.util.List;
import org.betatron.core.alignment.AlignmentState;
import org.betatron.core.model.VocabularyRequest;
import org.betatron.data.TokenizedRow;

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

    /// Decides about one whole optimizer batch.
    ///
    /// @param step     number of the step, from 1 on
    /// @param logProbs numbers of the batch under the model as it is
    /// @param state    what earlier batches left
    /// @return the loss, its derivatives and what this batch leaves
    /// @throws org.betatron.training.run.TrainingException if anything is not finite, naming the
    ///     step and the first row concerned
    StepDecision decide(long step, BatchLogProbs logProbs, AlignmentState state);
}
