package org.betatron.cli.display;

import java.util.Locale;
import java.util.Optional;
import org.betatron.core.Numerals;
import org.betatron.core.VisibleText;
import org.betatron.core.run.MetricNames;
import org.betatron.runs.RunEvent;
import org.betatron.runs.RunEvent.RowUse;
import org.betatron.runs.RunResult;
import org.jspecify.annotations.Nullable;

/// Events in words.
final class EventText {

    private EventText() {}

    /// @return a line or several; nothing for events that are shown by how far a run has come
    static Optional<String> of(RunEvent event) {
        return Optional.ofNullable(text(event)).map(VisibleText::of);
    }

    private static @Nullable String text(RunEvent event) {
        return switch (event) {
            case RunEvent.Resumed(var checkpoint) -> "Resuming from " + checkpoint;
            case RunEvent.BegunAgain(var run) -> "No checkpoint yet in " + run + ": starting from the beginning";
            case RunEvent.SettingsChanged(var settings) ->
                "Going on with " + settings + ": the same update, up to rounding";
            case RunEvent.LongRowBegun(var row) -> row.text();
            case RunEvent.RowsRead(var use, var report) ->
                (use == RowUse.EVALUATION ? "to measure on:\n" : "")
                        + report.summary().strip() + "\nrow tokens: "
                        + report.rowLengths().summary();
            case RunEvent.PromptsRead(var report) -> report.text().strip();
            case RunEvent.RowsTransformed(var summary) -> String.join("\n", summary);
            case RunEvent.ModelOpened opened -> of(opened);
            case RunEvent.Planned(var plan) -> PlanText.line(plan);
            case RunEvent.ReferenceOpened(var directory) -> "Reference " + directory + " runs beside the policy";
            case RunEvent.ReferenceRead(var file) -> "Reference log-probs read from " + file;
            case RunEvent.ReferenceComputed(int rows, double seconds) ->
                "Reference log-probs of %d rows computed in %.1f s".formatted(rows, seconds);
            case RunEvent.Evaluated(long step, var metrics) ->
                "evaluation at step " + step + ": " + StepText.of(metrics, MetricNames.EVAL);
            case RunEvent.TrainingEnded(var end, long step, var run) ->
                end == RunResult.End.STOPPED ? "Stopped after step " + step + ". Go on with --resume " + run : null;
            case RunEvent.ModelWritten(var directory) -> "Model written to " + directory;
            case RunEvent.ReportWritten(var page) -> "Report written to " + page;
            case RunEvent.ReportFailed(var run, var why) -> "No report of " + run + ": " + why;
            case RunEvent.NotTakenBack(var why) -> "Not taken back: " + why;
            case RunEvent.PairsScored(int done, int total) -> "scored %,d of %,d pairs".formatted(done, total);
            case RunEvent.PromptsLeftOut(var ids, int numPrompts, var why) ->
                ids.size() + " of " + numPrompts + " prompts " + why + " and are left out: " + String.join(", ", ids);
            case RunEvent.AnswersBegun(var model) -> "Answers of " + model + " ...";
            case RunEvent.DivergenceBegun(var reference) -> "KL against " + reference + " ...";
            case RunEvent.Realigned(var model, var realignment) ->
                "Lambda " + Numerals.plain(realignment.lambda()) + ": logits of " + model
                        + " mixed with those of its reference " + realignment.reference();
            case RunEvent.Warning(var message) -> "warning: " + message;
            case RunEvent.ReferenceScored _,
                    RunEvent.TrainingBegun _,
                    RunEvent.StepDone _,
                    RunEvent.CheckpointWritten _ -> null;
        };
    }

    private static String of(RunEvent.ModelOpened opened) {
        String trained = opened.size().trainable() == opened.size().parameters()
                ? ""
                : String.format(
                        Locale.ROOT, ", %,d of them trained", opened.size().trainable());
        return String.format(
                Locale.ROOT,
                "Model %s: %,d parameters%s in %s, %s products on %s, %d threads",
                opened.start(),
                opened.size().parameters(),
                trained,
                opened.compute().weights().configName(),
                opened.compute().precision().configName(),
                opened.compute().device(),
                opened.threads());
    }
}
