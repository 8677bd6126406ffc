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
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.betatron.core.files.StagedFiles;
import org.betatron.evaluation.RecordLines;
import org.betatron.evaluation.comparison.Estimate;
import org.betatron.evaluation.frontier.FrontierResults.Moment;
import org.betatron.evaluation.plot.Figure;

/// The study of frontiers written down: `REPORT.md`, a figure of each place, and every run in
/// `results.jsonl`.
public final class FrontierReport {

    /// The file of all runs.
    public static final String RESULTS = "results.jsonl";

    private final FrontierLayout layout;
    private final List<String> text = new ArrayList<>();

    private FrontierReport(FrontierLayout layout) {
        this.layout = layout;
    }

    /// @param runs       every run, methods in the order of tables
    /// @param layout     what is shown
    /// @param conditions how it was measured, lines of Markdown
    /// @param directory  of the report; made if need be
    /// @return the report
    public static Path write(List<KeyedCell> runs, FrontierLayout layout, List<String> conditions, Path directory) {
        try {
            Files.createDirectories(directory);
            FrontierReport report = new FrontierReport(layout);
            report.add("# " + layout.heading(), "");
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
        String fileName = "frontier-" + name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        figure(directory.resolve(fileName + ".svg"), name, "true reward", results, results::at);
        add(
                "## " + name,
                "",
                String.format(
                        Locale.ROOT,
                        "Every method reaches a divergence of %.2f nats with every seed: areas end there. %d seeds.",
                        results.reach() * results.reach(),
                        results.numSeeds()),
                "",
                "![" + name + "](" + fileName + ".svg)",
                "");
        frontiers(results);
        forms(results);
        if (results.hasProxy()) {
            figure(
                    directory.resolve(fileName + "-proxy.svg"),
                    name + ": what runs were rewarded with",
                    "gain since the start",
                    results,
                    results::proxyGain);
            add("![" + name + ", what runs were rewarded with](" + fileName + "-proxy.svg)", "");
            proxies(results);
        }
        if (!layout.moment().isEmpty()) {
            moments(results);
        }
    }

    private void figure(
            Path file,
            String title,
            String what,
            FrontierResults results,
            BiFunction<String, Double, Optional<Estimate>> value)
            throws IOException {
        List<Figure.Band> bands = new ArrayList<>();
        for (String method : results.methods()) {
            Map<Double, Estimate> curve = new LinkedHashMap<>();
            double[] grid = results.grid(layout.beyondReach() ? results.reach(method) : results.reach());
            for (double distance : grid) {
                value.apply(method, distance).ifPresent(estimate -> curve.put(distance, estimate));
            }
            if (!curve.isEmpty()) {
                bands.add(new Figure.Band(method, curve));
            }
        }
        String figure = Figure.bands(title, "root of KL from the start, √nats", what, bands);
        StagedFiles.write(file, partial -> Files.writeString(partial, figure));
    }

    private void frontiers(FrontierResults results) {
        String baseline = layout.baseline();
        StringBuilder head = new StringBuilder("| method | area | against " + baseline + " |");
        StringBuilder rule = new StringBuilder("|---|---|---|");
        for (int level : layout.levels()) {
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
        add("");
    }

    private void forms(FrontierResults results) {
        add(
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

    /// What runs were rewarded with beside what it stands for.
    private void proxies(FrontierResults results) {
        StringBuilder head = new StringBuilder("| method |");
        StringBuilder rule = new StringBuilder("|---|");
        for (int level : layout.levels()) {
            head.append(" true gain at ").append(level).append(" | gain of the reward learned from |");
            rule.append("---|---|");
        }
        add(
                "Gains since the start: of the true reward, and of what runs were rewarded with, in its own unit, at the"
                        + " same settings.",
                "",
                head.toString(),
                rule.toString());
        for (String method : results.methods()) {
            StringBuilder row = new StringBuilder("| " + method + " |");
            for (int level : layout.levels()) {
                double distance = Math.sqrt(level);
                row.append(' ')
                        .append(results.gain(method, distance)
                                .map(estimate -> estimate.text(3))
                                .orElse(""))
                        .append(" | ")
                        .append(results.proxyGain(method, distance)
                                .map(estimate -> estimate.text(3))
                                .orElse(""))
                        .append(" |");
            }
            add(row.toString());
        }
        add("");
    }

    /// Every setting along its runs, whatever the distance.
    private void moments(FrontierResults results) {
        String method = results.methods().getFirst();
        StringBuilder head = new StringBuilder("| method | setting |");
        StringBuilder rule = new StringBuilder("|---|---|");
        List<Moment> all = results.along(method, results.settings(method).getFirst());
        for (int i = 0; i < all.size(); i++) {
            head.append(String.format(
                    Locale.ROOT,
                    " %s %d (%.3g of the steps) |",
                    layout.moment(),
                    i + 1,
                    all.get(i).share()));
            rule.append("---|");
        }
        add(
                "Along the runs, at every setting: true reward @ nats from the start"
                        + (results.hasProxy() ? ", and behind `/` the gain of the reward learned from." : "."),
                "",
                head.toString(),
                rule.toString());
        for (String each : results.methods()) {
            for (String setting : results.settings(each)) {
                StringBuilder row = new StringBuilder("| " + each + " | " + setting + " |");
                for (Moment moment : results.along(each, setting)) {
                    row.append(String.format(
                            Locale.ROOT, " %s @ %.2f", moment.reward().text(2), moment.kl()));
                    row.append(
                            Double.isNaN(moment.proxy())
                                    ? " |"
                                    : String.format(Locale.ROOT, " / %+.2f |", moment.proxy()));
                }
                add(row.toString());
            }
        }
        add("");
    }

    private void row(FrontierResults results, String method) {
        String baseline = layout.baseline();
        boolean isBaseline = method.equals(baseline) || !results.methods().contains(baseline);
        StringBuilder row =
                new StringBuilder("| " + method + " | " + results.area(method).text(3) + " | "
                        + (isBaseline ? "" : compared(results.areaDifference(method, baseline))) + " |");
        for (int level : layout.levels()) {
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

    /// A difference whose interval has zero in it was not shown, and one seed shows nothing.
    private static String compared(Estimate estimate) {
        boolean isShown = (estimate.low() > 0 || estimate.high() < 0) && estimate.low() < estimate.high();
        String numbers =
                String.format(Locale.ROOT, "%+.3f (%+.3f to %+.3f)", estimate.value(), estimate.low(), estimate.high());
        return isShown ? "**" + numbers + "**" : numbers;
    }
}
