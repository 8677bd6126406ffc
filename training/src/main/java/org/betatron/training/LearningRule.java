package org.betatron.training;

import java.util.List;
import org.betatron.core.statistics.RunningGapStatistics;
import org.betatron.data.TokenizedRow;

/// What is learned from rows: the one thing in which kinds of training differ.
///
/// Implementations hold no state that a step changes; equal arguments give equal decisions.
public interface LearningRule {

    /// @return the training rows
    List<? extends TokenizedRow> rows();

    /// Decides about one whole optimizer batch.
    ///
    /// @param step       number of the step, from 1 on
    /// @param logProbs   log-probabilities of the batch under the model as it is
    /// @param statistics moving averages before this batch
    /// @return the loss, its derivatives and the moving averages after the batch
    /// @throws org.betatron.training.run.TrainingException if anything is not finite, naming the
    ///     step and the first row concerned
    StepDecision decide(long step, BatchLogProbs logProbs, RunningGapStatistics statistics);
}
