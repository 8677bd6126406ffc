package org.betatron.training.run;

import java.util.Objects;
import org.betatron.core.alignment.AlignmentState;

/// Where a run is after a step: everything beside weights and moments that the next step depends
/// on.
///
/// @param step           optimizer steps done, those without an update included
/// @param position       rows consumed since the start of the run, over all epochs
/// @param alignment      what alignment remembers; its start where nothing needs it
/// @param skippedSteps   steps that had nothing to learn from, and left the weights alone
/// @param elapsedSeconds time spent training, over all sessions of the run
public record TrainingState(
        long step, long position, AlignmentState alignment, long skippedSteps, double elapsedSeconds) {

    public TrainingState {
        // Read from JSON, which may lack it.
        Objects.requireNonNull(alignment, "alignment");
    }

    /// Before the first step.
    public static final TrainingState START = new TrainingState(0, 0, AlignmentState.START, 0, 0);
}
