package org.betatron.cli.display;

import java.io.PrintWriter;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.betatron.core.run.MetricNames;
import org.betatron.runs.RunEvent;
import org.betatron.runs.RunListener;
import org.betatron.training.run.Metrics;
import org.jspecify.annotations.Nullable;

/// Progress bars for a person at a terminal.
final class BarDisplay implements RunListener {

    private final PrintWriter out;
    private @Nullable ProgressBar bar;

    BarDisplay(PrintWriter out) {
        this.out = out;
    }

    @Override
    public void heard(RunEvent event) {
        switch (event) {
            case RunEvent.ReferenceScored(int done, int total) ->
                bar("Reference", total, " pairs", 0).stepTo(done);
            case RunEvent.TrainingBegun(long done, long total) -> {
                finish();
                bar("Training", total, " steps", done);
            }
            case RunEvent.StepDone(long step, Metrics metrics) -> stepDone(step, metrics);
            case RunEvent.Evaluated _, RunEvent.Warning _ -> EventText.of(event).ifPresent(this::above);
            case RunEvent.ReferenceComputed _, RunEvent.TrainingEnded _ -> {
                finish();
                EventText.of(event).ifPresent(this::line);
            }
            default -> EventText.of(event).ifPresent(this::line);
        }
    }

    private void line(String text) {
        finish();
        out.println(text);
        out.flush();
    }

    private void finish() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }

    private void stepDone(long step, Metrics metrics) {
        ProgressBar open = bar("Training", step, " steps", step - 1);
        open.setExtraMessage(" " + StepText.of(metrics, MetricNames.TRAIN));
        open.stepTo(step);
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
