package org.betatron.runs;

import java.util.ArrayList;
import java.util.List;
import org.betatron.runs.RunResult.Logged;
import org.betatron.training.TrainingListener;
import org.betatron.training.run.Checkpoint;
import org.betatron.training.run.Metrics;

/// Tells the listener of a run what happens, and remembers what belongs into its result.
final class RunJournal implements TrainingListener {

    private final RunListener listener;
    private final List<Logged> logged = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private long totalSteps;

    RunJournal(RunListener listener) {
        this.listener = listener;
    }

    void tell(RunEvent event) {
        if (event instanceof RunEvent.Warning(String message)) {
            warnings.add(message);
        }
        listener.heard(event);
    }

    /// @return every line of metrics so far
    List<Logged> logged() {
        return logged;
    }

    List<String> warnings() {
        return warnings;
    }

    /// @return steps of the whole run, 0 before training begins
    long totalSteps() {
        return totalSteps;
    }

    @Override
    public void referenceScored(int rowsDone, int rowsTotal) {
        tell(new RunEvent.ReferenceScored(rowsDone, rowsTotal));
    }

    @Override
    public void started(long stepsDone, long totalStepsOfRun) {
        totalSteps = totalStepsOfRun;
        tell(new RunEvent.TrainingBegun(stepsDone, totalStepsOfRun));
    }

    @Override
    public void stepDone(long step, Metrics metrics) {
        tell(new RunEvent.StepDone(step, metrics));
    }

    @Override
    public void logged(long step, Metrics metrics) {
        logged.add(new Logged(step, metrics));
    }

    @Override
    public void evaluated(long step, Metrics metrics) {
        tell(new RunEvent.Evaluated(step, metrics));
    }

    @Override
    public void checkpointWritten(Checkpoint checkpoint) {
        tell(new RunEvent.CheckpointWritten(checkpoint.directory()));
    }

    @Override
    public void warning(String message) {
        tell(new RunEvent.Warning(message));
    }
}
