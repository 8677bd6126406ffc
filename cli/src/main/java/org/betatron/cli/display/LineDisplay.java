package org.betatron.cli.display;

import java.io.PrintWriter;
import org.betatron.runs.Display;
import org.betatron.training.run.Checkpoint;
import org.betatron.training.run.Metrics;

/// Plain lines, at most one every few seconds: for files, pipes and logs.
final class LineDisplay implements Display {

    private static final double SECONDS_BETWEEN_LINES = 10;

    private final PrintWriter out;
    private final Pace pace = new Pace();
    private double lastLine;

    LineDisplay(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void line(String text) {
        out.println(text);
        out.flush();
    }

    @Override
    public void finished() {}

    @Override
    public void referenceScored(int rowsDone, int rowsTotal) {
        if (rowsDone == rowsTotal || isTime()) {
            line("Reference log-probs: %,d of %,d pairs".formatted(rowsDone, rowsTotal));
        }
    }

    @Override
    public void started(long stepsDone, long totalSteps) {
        pace.start(stepsDone, totalSteps);
        lastLine = System.nanoTime() * 1e-9;
    }

    @Override
    public void stepDone(long step, Metrics metrics) {
        pace.stepDone(step);
        if (step == pace.totalSteps() || step == pace.firstStep() || isTime()) {
            line("step " + step + "/" + pace.totalSteps() + "  " + StepText.of(metrics, "train")
                    + StepText.left(pace.secondsLeft(step)));
        }
    }

    @Override
    public void evaluated(long step, Metrics metrics) {
        line("evaluation at step " + step + ": " + StepText.of(metrics, "eval"));
    }

    @Override
    public void checkpointWritten(Checkpoint checkpoint) {
        line("checkpoint " + checkpoint.directory());
    }

    @Override
    public void warning(String message) {
        line("warning: " + message);
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
