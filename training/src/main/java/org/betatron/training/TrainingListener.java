package org.betatron.training;

import org.betatron.training.run.Checkpoint;
import org.betatron.training.run.Metrics;

/// Hears what happens in a run, for a progress bar or a log. Called by the training thread, which
/// waits.
public interface TrainingListener {

    /// Hears nothing.
    TrainingListener NONE = new TrainingListener() {};

    /// Fits [org.betatron.training.reference.ReferenceProgress], which is heard before the run
    /// starts.
    ///
    /// @param rowsDone  rows that the reference has scored
    /// @param rowsTotal rows that it will score
    default void referenceScored(int rowsDone, int rowsTotal) {}

    /// @param stepsDone  steps done before, 0 unless the run is resumed
    /// @param totalSteps steps of the whole run
    default void started(long stepsDone, long totalSteps) {}

    /// Called after every step, whether it is logged or not.
    default void stepDone(long step, Metrics metrics) {}

    /// Called with every line of metrics that the run keeps, of steps and of evaluations.
    ///
    /// @param step steps done
    default void logged(long step, Metrics metrics) {}

    default void evaluated(long step, Metrics metrics) {}

    default void checkpointWritten(Checkpoint checkpoint) {}

    /// @param message what is probably not meant, and what to change
    default void warning(String message) {}
}
