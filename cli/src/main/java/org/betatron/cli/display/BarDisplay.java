package org.betatron.cli.display;

import java.io.PrintWriter;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.betatron.runs.Display;
import org.betatron.training.run.Checkpoint;
import org.betatron.training.run.Metrics;
import org.jspecify.annotations.Nullable;

/// Progress bars for a person at a terminal.
final class BarDisplay implements Display {

    private final PrintWriter out;
    private @Nullable ProgressBar bar;

    BarDisplay(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void line(String text) {
        finished();
        out.println(text);
        out.flush();
    }

    @Override
    public void finished() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }

    @Override
    public void referenceScored(int rowsDone, int rowsTotal) {
        bar("Reference", rowsTotal, " pairs", 0).stepTo(rowsDone);
    }

    @Override
    public void started(long stepsDone, long totalSteps) {
        finished();
        bar("Training", totalSteps, " steps", stepsDone);
    }

    @Override
    public void stepDone(long step, Metrics metrics) {
        ProgressBar open = bar("Training", step, " steps", step - 1);
        open.setExtraMessage(" " + StepText.of(metrics, "train"));
        open.stepTo(step);
    }

    @Override
    public void evaluated(long step, Metrics metrics) {
        above("evaluation at step " + step + ": " + StepText.of(metrics, "eval"));
    }

    @Override
    public void checkpointWritten(Checkpoint checkpoint) {
        // The bar shows that the run goes on; where checkpoints lie is said at its end.
    }

    @Override
    public void warning(String message) {
        above("warning: " + message);
    }

    /// Shows a line above the bar, which goes on below it.
    private void above(String text) {
        ProgressBar open = bar;
        if (open == null) {
            line(text);
            return;
        }
        String task = open.getTaskName();
        long done = open.getCurrent();
        long total = open.getMax();
        String message = open.getExtraMessage();
        line(text);
        if (done < total) {
            bar(task, total, " steps", done).setExtraMessage(message);
        }
    }

    private ProgressBar bar(String task, long total, String unit, long done) {
        ProgressBar open = bar;
        if (open == null) {
            open = new ProgressBarBuilder()
                    .setTaskName(task)
                    .setInitialMax(total)
                    .setUnit(unit, 1)
                    .startsFrom(done, java.time.Duration.ZERO)
                    .setStyle(ProgressBarStyle.COLORFUL_UNICODE_BAR)
                    .setUpdateIntervalMillis(200)
                    .setConsumer(new ConsoleProgressBarConsumer(System.err))
                    .build();
            bar = open;
        }
        return open;
    }
}
