package org.betatron.cli.display;

import java.io.PrintWriter;
import org.betatron.core.run.MetricNames;
import org.betatron.runs.RunEvent;
import org.betatron.runs.RunListener;
import org.betatron.training.run.Metrics;

/// Plain lines, at most one every few seconds of how far a run has come: for files, pipes and logs.
final class LineDisplay implements RunListener {

    private static final double SECONDS_BETWEEN_LINES = 10;

    private final PrintWriter out;
    private final Pace pace = new Pace();
    private double lastLine;

    LineDisplay(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void heard(RunEvent event) {
        switch (event) {
            case RunEvent.ReferenceScored(int done, int total) -> referenceScored(done, total);
            case RunEvent.TrainingBegun(long done, long total) -> begun(done, total);
            case RunEvent.StepDone(long step, Metrics metrics) -> stepDone(step, metrics);
            case RunEvent.CheckpointWritten(var directory) -> line("checkpoint " + directory);
            default -> EventText.of(event).ifPresent(this::line);
        }
    }

    private void line(String text) {
        out.println(text);
        out.flush();
    }

    private void referenceScored(int rowsDone, int rowsTotal) {
        if (rowsDone == rowsTotal || isTime()) {
            line("Reference log-probs: %,d of %,d pairs".formatted(rowsDone, rowsTotal));
        }
    }

    private void begun(long stepsDone, long totalSteps) {
        pace.start(stepsDone, totalSteps);
        lastLine = System.nanoTime() * 1e-9;
    }

    private void stepDone(long step, Metrics metrics) {
        pace.stepDone(step);
        if (step == pace.totalSteps() || step == pace.firstStep() || isTime()) {
            line("step " + step + "/" + pace.totalSteps() + "  " + StepText.of(metrics, MetricNames.TRAIN)
                    + StepText.left(pace.secondsLeft(step)));
        }
    }

    private boolean isTime() {
        double now = System.nanoTime() * 1e-9;
        if (lastLine != 0 && now - lastLine < SECONDS_BETWEEN_LINES) {
            return false;
        }
        lastLine = now;
        return true;
    }
}
