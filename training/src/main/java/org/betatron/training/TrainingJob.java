package org.betatron.training;

import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.betatron.core.model.Optimizer;
import org.betatron.core.model.TrainableModel;
import org.betatron.training.reference.MovingReference;
import org.betatron.training.run.RunDirectory;
import org.betatron.training.run.RunIdentity;

/// Everything that a [Trainer] works with. Owns nothing: model, optimizer and reference are closed
/// by whoever opened them.
///
/// @param spec          how to train
/// @param model         what is trained; on resume, opened from the checkpoint's model directory
/// @param optimizer     of that model; on resume, freshly made
/// @param rule          what is learned from which rows
/// @param order         which row comes when
/// @param evaluation    held-out rows, or [Evaluation#NONE]
/// @param identity      what a checkpoint must match to be resumed
/// @param directory     where the run leaves its files
/// @param listener      hears what happens
/// @param stopRequested asked between steps; once true, the run writes a checkpoint and ends
/// @param movingReference the reference, if it follows the policy; on resume, opened from the checkpoint
public record TrainingJob(
        TrainSpec spec,
        TrainableModel model,
        Optimizer optimizer,
        LearningRule rule,
        BatchOrder order,
        Evaluation evaluation,
        RunIdentity identity,
        RunDirectory directory,
        TrainingListener listener,
        BooleanSupplier stopRequested,
        Optional<MovingReference> movingReference) {

    /// A job whose reference, if it has one, stays as it is.
    public TrainingJob(
            TrainSpec spec,
            TrainableModel model,
            Optimizer optimizer,
            LearningRule rule,
            BatchOrder order,
            Evaluation evaluation,
            RunIdentity identity,
            RunDirectory directory,
            TrainingListener listener,
            BooleanSupplier stopRequested) {
        this(
                spec,
                model,
                optimizer,
                rule,
                order,
                evaluation,
                identity,
                directory,
                listener,
                stopRequested,
                Optional.empty());
    }

    public TrainingJob {
        if (rule.rows().isEmpty()) {
            throw new IllegalArgumentException("training data must have at least one row but had none");
        }
    }
}
