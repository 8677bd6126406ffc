package org.betatron.evaluation.frontier;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.betatron.core.files.StagedFiles;
import org.betatron.evaluation.RecordLines;
import org.betatron.evaluation.comparison.Estimate;
import org.betatron.evaluation.plot.Figure;

/// The study of frontiers written down: `REPORT.md`, a figure of each place, and every run in
/// `results.jsonl`.
public final class FrontierReport {

    /// The file of all runs.
    public static final String RESULTS = "results.jsonl";

    /// Divergences at which rewards are listed, nats per answer.
    private static final List<Integer> LEVELS = List.of(1, 2, 4);

    private final String baseline;
    private final List<String> text = new ArrayList<>();

    private FrontierReport(String baseline) {
        this.baseline = baseline;
    }

    /// @param runs       every run, methods in the order of tables
    /// @param baseline   method that all others are compared with
    /// @param conditions how it was measured, lines of Markdown
    /// @param directory  of the report; made if need be
    /// @return the report
    public static Path write(List<KeyedCell> runs, String baseline, List<String> conditions, Path directory) {
        try {
            Files.createDirectories(directory);
            FrontierReport report = new FrontierReport(baseline);
            report.add("# What is reached at the same distance from the start", "");
            Map<String, List<FrontierCell>> byPlace = runs.stream()
                    .map(KeyedCell::cell)
                    .collect(Collectors.groupingBy(FrontierCell::place, LinkedHashMap::new, Collectors.toList()));
            for (Map.Entry<String, List<FrontierCell>> place : byPlace.entrySet()) {
                report.place(place.getKey(), new FrontierResults(place.getValue()), directory);
            }
            report.add("## How it was measured", "");
            report.text.addAll(conditions);
            Path file = directory.resolve("REPORT.md");
            StagedFiles.write(file, partial -> Files.writeString(partial, String.join("\n", report.text) + "\n"));
            RecordLines.write(directory.resolve(RESULTS), runs);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write into " + directory, e);
        }
    }

    private void add(String... lines) {
        text.addAll(List.of(lines));
    }

    private void place(String name, FrontierResults results, Path directory) throws IOException {
        String fileName = "frontier-" + name.replaceAll("[^a-z0-9]+", "-") + ".svg";
        List<Figure.Band> bands = results.methods().stream()
                .map(method -> new Figure.Band(method, curve(results, method)))
                .toList();
        String figure = Figure.bands(name, "root of KL from the start, √nats", "true reward", bands);
        StagedFiles.write(directory.resolve(fileName), partial -> Files.writeString(partial, figure));
        add(
                "## " + name,
                "",
                String.format(
                        Locale.ROOT,
                        "Every method reaches a divergence of %.2f nats with every seed: areas end there. %d seeds.",
                        results.reach() * results.reach(),
                        results.numSeeds()),
                "",
                "![" + name + "](" + fileName + ")",
                "");
        StringBuilder head = new StringBuilder("| method | area | against " + baseline + " |");
        StringBuilder rule = new StringBuilder("|---|---|---|");
        for (int level : LEVELS) {
            head.append(" reward at ")
                    .append(level)
                    .append(" | against ")
                    .append(baseline)
                    .append(" | setting |");
            rule.append("---|---|---|");
        }
        add(head.toString(), rule.toString());
        for (String method : results.methods()) {
            row(results, method);
        }
        add(
                "",
                "| method | a, b of `d (a - b log d)` | misses by | a, b of `d (a - b d)` | misses by |",
                "|---|---|---|---|---|");
        for (String method : results.methods()) {
            RewardForm.Fit first = results.fit(method, RewardForm.REINFORCEMENT);
            RewardForm.Fit second = results.fit(method, RewardForm.BEST_OF_N);
            add(String.format(
                    Locale.ROOT,
                    "| %s | %.3f, %.3f | %.3f | %.3f, %.3f | %.3f |",
                    method,
                    first.a(),
                    first.b(),
                    first.residual(),
                    second.a(),
                    second.b(),
                    second.residual()));
        }
        add("");
    }

    private static Map<Double, Estimate> curve(FrontierResults results, String method) {
        Map<Double, Estimate> curve = new LinkedHashMap<>();
        for (double distance : results.grid()) {
            results.at(method, distance).ifPresent(estimate -> curve.put(distance, estimate));
        }
        return curve;
    }

    private void row(FrontierResults results, String method) {
        boolean isBaseline = method.equals(baseline) || !results.methods().contains(baseline);
        StringBuilder row =
                new StringBuilder("| " + method + " | " + results.area(method).text(3) + " | "
                        + (isBaseline ? "" : compared(results.areaDifference(method, baseline))) + " |");
        for (int level : LEVELS) {
            double distance = Math.sqrt(level);
            Optional<Estimate> reward = results.at(method, distance);
            row.append(' ')
                    .append(reward.map(estimate -> estimate.text(3)).orElse(""))
                    .append(" | ");
            row.append(
                    isBaseline
                            ? ""
                            : results.difference(method, baseline, distance)
                                    .map(FrontierReport::compared)
                                    .orElse(""));
            row.append(" | ")
                    .append(reward.flatMap(_ -> results.settingAt(method, distance))
                            .orElse(""))
                    .append(" |");
        }
        add(row.toString());
    }

    /// A difference whose interval has zero in it was not shown.
    private static String compared(Estimate estimate) {
        boolean isShown = estimate.low() > 0 || estimate.high() < 0;
        String numbers =
                String.format(Locale.ROOT, "%+.3f (%+.3f to %+.3f)", estimate.value(), estimate.low(), estimate.high());
        return isShown ? "**" + numbers + "**" : numbers;
    }
}
