package org.betatron.evaluation.realignment;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.betatron.core.Numerals;
import org.betatron.core.files.StagedFiles;
import org.betatron.evaluation.RecordLines;
import org.betatron.evaluation.comparison.Estimate;
import org.betatron.evaluation.plot.Figure;

/// A realignment written down: `REPORT.md` with its figure, and every point in `results.jsonl`.
///
/// @param by         name of the measure
/// @param points     in order of lambda
/// @param choice     among them
/// @param use        the command that answers with the share that is best
/// @param conditions how it was measured, lines of Markdown
public record RealignmentReport(
        String by, List<LambdaPoint> points, LambdaChoice choice, String use, List<String> conditions) {

    private static final String FIGURE = "realign.svg";

    public RealignmentReport {
        points = List.copyOf(points);
        conditions = List.copyOf(conditions);
    }

    /// @return lines for whoever waits for it
    public List<String> summary() {
        LambdaPoint best = choice.best();
        LambdaPoint nearest = choice.nearest();
        List<String> lines = new ArrayList<>();
        lines.add("Best: lambda " + Numerals.plain(best.lambda()) + ", " + by + " "
                + best.measure().text(3) + " at a divergence of " + best.kl().text(2) + " nats.");
        if (!nearest.equals(best)) {
            lines.add("Not told apart from it, and nearer to the reference: lambda " + Numerals.plain(nearest.lambda())
                    + ", " + nearest.measure().text(3) + " at " + nearest.kl().text(2) + " nats.");
        }
        lines.add("It says how to answer with this model, not which beta to train with: that would follow only if the"
                + " model were the optimum at its beta.");
        return lines;
    }

    /// @param directory of the realignment; made if need be
    /// @return the report
    public Path write(Path directory) {
        try {
            Files.createDirectories(directory);
            String figure = Figure.bands(
                    "One model between its reference and beyond",
                    "root of KL from the reference, √nats",
                    by,
                    List.of(new Figure.Band("lambda " + lambdas(), curve())));
            StagedFiles.write(directory.resolve(FIGURE), partial -> Files.writeString(partial, figure));
            RecordLines.write(directory.resolve("results.jsonl"), points);
            Path report = directory.resolve("REPORT.md");
            StagedFiles.write(report, partial -> Files.writeString(partial, String.join("\n", text()) + "\n"));
            return report;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write into " + directory, e);
        }
    }

    private String lambdas() {
        return String.join(
                ", ",
                points.stream().map(point -> Numerals.plain(point.lambda())).toList());
    }

    private Map<Double, Estimate> curve() {
        Map<Double, Estimate> curve = new LinkedHashMap<>();
        for (LambdaPoint point : points) {
            curve.put(Math.sqrt(Math.max(0, point.kl().value())), point.measure());
        }
        return curve;
    }

    private List<String> text() {
        List<String> text = new ArrayList<>(List.of("# Between a model and its reference", ""));
        text.addAll(summary());
        text.addAll(List.of(
                "",
                "    " + use,
                "",
                "![measure over distance](" + FIGURE + ")",
                "",
                "| lambda | " + by + " | win rate, % | KL, nats | tokens |",
                "|---|---|---|---|---|"));
        for (LambdaPoint point : points) {
            text.add("| " + Numerals.plain(point.lambda()) + " | "
                    + point.measure().text(3) + " | "
                    + point.winRate().times(100).text(1) + " | " + point.kl().text(2) + " | "
                    + point.tokens().text(1) + " |");
        }
        return Stream.concat(
                        text.stream(), Stream.concat(Stream.of("", "## How it was measured", ""), conditions.stream()))
                .toList();
    }
}
