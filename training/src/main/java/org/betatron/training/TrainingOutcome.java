package org.betatron.training;

import org.betatron.training.run.TrainingState;

/// How a run ended.
///
/// @param state  where it was then
/// @param memory what its rule remembered then
/// @param end    why it ended
public record TrainingOutcome<S>(TrainingState state, S memory, End end) {

    /// Why a run ended.
    public enum End {

        /// Every step was done.
        COMPLETED,

        /// Somebody asked it to stop; its state is in a checkpoint, if it did any step.
        STOPPED
    }
}
