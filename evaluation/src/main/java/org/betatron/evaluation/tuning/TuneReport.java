package org.betatron.evaluation.tuning;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.betatron.core.files.StagedFiles;
import org.betatron.evaluation.RecordLines;
import org.betatron.evaluation.comparison.Estimate;
import org.betatron.evaluation.plot.Figure;

/// A tuning written down: `REPORT.md` with its figure, every measurement in `results.jsonl`, and
/// the outcome in `tune.json`.
public final class TuneReport {

    private static final String FIGURE = "tune.svg";

    private final TuneOutcome outcome;
    private final List<Standings> standings;
    private final Standings last;
    private final List<String> text = new ArrayList<>();

    private TuneReport(TuneOutcome outcome, List<Standings> standings, Standings last) {
        this.outcome = outcome;
        this.standings = standings;
        this.last = last;
    }

    /// @param outcome    what was chosen
    /// @param standings  at every rung
    /// @param last       by which it was chosen
    /// @param cells      every setting, in the order of the grid
    /// @param advice     what to do with it, lines of Markdown
    /// @param conditions how it was measured, lines of Markdown
    /// @param directory  of the tuning
    /// @return the report
    public static Path write(
            TuneOutcome outcome,
            List<Standings> standings,
            Standings last,
            List<TuneCell> cells,
            List<String> advice,
            List<String> conditions,
            Path directory) {
        TuneReport report = new TuneReport(outcome, standings, last);
        report.chosen(advice);
        report.figure(cells);
        report.all();
        for (int rung = 0; rung < standings.size(); rung++) {
            report.rung(rung);
        }
        report.cost(cells);
        report.add("## How it was measured", "");
        report.text.addAll(conditions);
        Path file = directory.resolve("REPORT.md");
        String figure = Figure.bands(
                "Every setting on its way",
                "root of KL from the start, √nats",
                outcome.by(),
                cells.stream()
                        .filter(cell -> cell.points().getLast().isFinite())
                        .map(cell -> new Figure.Band(cell.name(), curve(cell)))
                        .toList());
        try {
            StagedFiles.write(directory.resolve(FIGURE), partial -> Files.writeString(partial, figure));
            RecordLines.write(directory.resolve("results.jsonl"), cells);
            StagedFiles.write(file, partial -> Files.writeString(partial, String.join("\n", report.text) + "\n"));
            // Last: where it is, everything is.
            RecordLines.write(directory.resolve("tune.json"), List.of(outcome));
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write into " + directory, e);
        }
    }

    private static Map<Double, Estimate> curve(TuneCell cell) {
        Map<Double, Estimate> curve = new LinkedHashMap<>();
        cell.points().forEach(point -> curve.put(point.distance(), point.measure()));
        return curve;
    }

    private void add(String... lines) {
        text.addAll(List.of(lines));
    }

    private void chosen(List<String> advice) {
        add(
                "# Which setting to train with",
                "",
                String.format(
                        Locale.ROOT,
                        "**%s**, chosen by %s among %d settings: %s after %d steps, %.3g nats per answer from the start (%s"
                                + " are allowed).",
                        outcome.chosen(),
                        outcome.by(),
                        outcome.settings(),
                        outcome.value().text(3),
                        outcome.length(),
                        outcome.kl(),
                        outcome.limit()),
                "");
        List<String> others = outcome.notWorse().stream()
                .filter(name -> !name.equals(outcome.chosen()))
                .toList();
        if (!others.isEmpty()) {
            add(
                    "Its measure lies within the intervals of " + String.join("; ", others)
                            + ": they were not shown to be worse.",
                    "");
        }
        text.addAll(advice);
        add("");
    }

    private void figure(List<TuneCell> cells) {
        add("![Every setting on its way](" + FIGURE + ")", "");
        List<TuneCell> lost =
                cells.stream().filter(cell -> !cell.problem().isEmpty()).toList();
        if (!lost.isEmpty()) {
            add("Settings that ended before their time, and cannot be chosen:", "");
            lost.forEach(cell -> add("- **" + cell.name() + "**: " + cell.problem()));
            add("");
        }
    }

    private void all() {
        add(
                "## All settings",
                "",
                "The best place of each that was measured, or where it passed what is allowed:",
                "",
                "| | setting | " + outcome.by() + " | after steps | KL, nats | run until step |",
                "|---|---|---|---|---|---|");
        for (int i = 0; i < last.ranked().size(); i++) {
            Standings.Standing standing = last.ranked().get(i);
            add(String.format(
                    Locale.ROOT,
                    "| %d | %s | %s | %d | %.3g | %d |",
                    i + 1,
                    standing.cell().name(),
                    standing.value().text(3),
                    standing.step(),
                    standing.at() * standing.at(),
                    standing.cell().points().getLast().step()));
        }
        add("");
    }

    private void rung(int number) {
        Standings at = standings.get(number);
        boolean isLast = number + 1 == standings.size();
        long step = outcome.rungs().get(number).step();
        int goOn = isLast
                ? 0
                : Math.min(
                        outcome.rungs().get(number + 1).settings(), at.ranked().size());
        add(
                String.format(Locale.ROOT, "## Rung %d: step %d of %d", number + 1, step, outcome.runSteps()),
                "",
                String.format(
                        Locale.ROOT,
                        "Compared within %.3g nats from the start; %s.",
                        at.distance() * at.distance(),
                        isLast ? "no step is left" : goOn + " of " + at.ranked().size() + " go on"),
                "",
                "| | setting | compared by | at, nats | " + outcome.by() + " at step " + step + " | KL at step " + step
                        + ", nats | |",
                "|---|---|---|---|---|---|---|");
        for (int i = 0; i < at.ranked().size(); i++) {
            Standings.Standing standing = at.ranked().get(i);
            TunePoint now = standing.cell().points().getLast();
            add(String.format(
                    Locale.ROOT,
                    "| %d | %s | %s | %.3g | %s | %s | %s |",
                    i + 1,
                    standing.cell().name(),
                    standing.value().text(3),
                    standing.at() * standing.at(),
                    now.measure().text(3),
                    now.kl().text(3),
                    isLast ? "at its end" : i < goOn ? "goes on" : "dropped: only the first " + goOn + " go on"));
        }
        at.failed()
                .forEach(cell -> add("| | " + cell.name() + " | | | | | ended: "
                        + cell.problem().replace("|", "\\|") + " |"));
        add("");
    }

    private void cost(List<TuneCell> cells) {
        double training = cells.stream()
                .flatMap(cell -> cell.points().stream())
                .mapToDouble(TunePoint::trainingSeconds)
                .sum();
        add(
                "## What it cost",
                "",
                String.format(
                        Locale.ROOT,
                        "%,d steps of %,d that the whole grid has: **%.0f %%**. %,.0f s, %,.0f of them training; %d settings, %s.",
                        outcome.trainedSteps(),
                        outcome.gridSteps(),
                        100.0 * outcome.trainedSteps() / outcome.gridSteps(),
                        outcome.seconds(),
                        training,
                        outcome.settings(),
                        outcome.rungs().stream()
                                .map(rung -> rung.settings() + " until step " + rung.step())
                                .collect(Collectors.joining(", "))),
                "");
    }
}
