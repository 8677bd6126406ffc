package org.betatron.training.run;

/// Where a run is after a step, beside weights, moments and what its rule remembers.
///
/// @param step           optimizer steps done, those without an update included
/// @param position       rows consumed since the start of the run, over all epochs
/// @param skippedSteps   steps that had nothing to learn from, and left the weights alone
/// @param elapsedSeconds time spent training, over all sessions of the run
public record TrainingState(long step, long position, long skippedSteps, double elapsedSeconds) {

    /// Before the first step.
    public static final TrainingState START = new TrainingState(0, 0, 0, 0);
}
