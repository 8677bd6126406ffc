package org.betatron.spark.barrier;

import java.io.Serializable;
import org.betatron.data.DataException;
import org.betatron.runs.RunResult;
import org.betatron.runs.recipe.RecipeException;
import org.betatron.torch.error.ModelException;
import org.betatron.training.run.OtherSettingsException;
import org.betatron.training.run.RunDirectoryException;
import org.betatron.training.run.TrainingException;

/// How the part of one rank ended.
///
/// @param end  whether it did what it was to do
/// @param text what there is to say of it
/// @param step steps that are done, 0 where it failed
record RankOutcome(End end, String text, long step) implements Serializable {

    /// How a rank ends.
    enum End {
        /// Every step is done.
        COMPLETED,
        /// It was asked to stop.
        STOPPED,
        /// What was given is wrong.
        WRONG,
        /// It would fail again.
        FAILED,
        /// Another rank is gone, or something else that may go well the next time.
        LOST
    }

    static RankOutcome of(RunResult result) {
        return new RankOutcome(
                result.end() == RunResult.End.COMPLETED ? End.COMPLETED : End.STOPPED,
                result.model().map(Object::toString).orElse(""),
                result.steps());
    }

    static RankOutcome of(Throwable problem) {
        String text = problem instanceof RecipeException
                ? String.valueOf(problem.getMessage())
                : String.valueOf(problem.getMessage())
                        .lines()
                        .findFirst()
                        .orElse(problem.getClass().getName());
        return new RankOutcome(
                switch (problem) {
                    case RecipeException _,
                            DataException _,
                            ModelException _,
                            RunDirectoryException _,
                            OtherSettingsException _,
                            IllegalArgumentException _ -> End.WRONG;
                    case TrainingException _ -> End.FAILED;
                    default -> End.LOST;
                },
                text,
                0);
    }

    boolean isFailure() {
        return end == End.WRONG || end == End.FAILED || end == End.LOST;
    }
}
