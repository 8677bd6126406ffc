package org.betatron.runs.tune;

import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.betatron.runs.RunEvent;
import org.betatron.runs.RunListener;

/// Follows a run, and says when it has come to the step that it is to stop at.
final class StepWatch implements RunListener, BooleanSupplier {

    /// A run that takes long says where it is, about once a minute.
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    private final long until;
    private final BooleanSupplier stop;
    private final Consumer<String> progress;
    private final Set<String> told;
    private final String name;
    private long step;
    private long begunStep;
    private long begunNanos;
    private long lastNanos;
    private long toldNanos;

    /// @param name     of what runs
    /// @param until    step at which the run stops
    /// @param stop     whether the user wants it to stop
    /// @param progress hears warnings, each once
    /// @param told     warnings that it has heard
    StepWatch(String name, long until, BooleanSupplier stop, Consumer<String> progress, Set<String> told) {
        this.name = name;
        this.until = until;
        this.stop = stop;
        this.progress = progress;
        this.told = told;
    }

    @Override
    public void heard(RunEvent event) {
        switch (event) {
            case RunEvent.TrainingBegun(long stepsDone, long _) -> {
                step = stepsDone;
                begunStep = stepsDone;
                begunNanos = System.nanoTime();
                lastNanos = begunNanos;
                toldNanos = begunNanos;
            }
            case RunEvent.StepDone(long done, var _) -> {
                step = done;
                lastNanos = System.nanoTime();
                if (lastNanos - toldNanos > PATIENCE_NANOS) {
                    toldNanos = lastNanos;
                    progress.accept("  " + name + ": step " + done + " of " + until);
                }
            }
            case RunEvent.Warning(String message) -> {
                if (told.add(message)) {
                    progress.accept("warning: " + message);
                }
            }
            default -> {
                // Runs of many settings would say the same things many times.
            }
        }
    }

    @Override
    public boolean getAsBoolean() {
        return step >= until || stop.getAsBoolean();
    }

    /// @return of the steps that were done; 0 where none was
    double secondsPerStep() {
        return step == begunStep ? 0 : (lastNanos - begunNanos) * 1e-9 / (step - begunStep);
    }
}
