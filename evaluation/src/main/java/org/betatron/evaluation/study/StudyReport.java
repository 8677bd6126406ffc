package org.betatron.evaluation.study;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.betatron.core.files.StagedFiles;
import org.betatron.evaluation.comparison.Estimate;
import org.betatron.evaluation.plot.Figure;
import org.betatron.evaluation.study.Cell.AnswersAt;
import org.betatron.evaluation.study.Study.Point;
import org.betatron.evaluation.study.Study.View;
import org.betatron.evaluation.study.StudyResults.Conclusion;
import org.betatron.evaluation.study.StudyResults.ContestResult;
import org.betatron.evaluation.suspicion.FlipSearch;
import org.jspecify.annotations.Nullable;

/// A study written down: `REPORT.md`, figures beside it, and the numbers of every arm and seed in
/// `results.jsonl`.
public final class StudyReport {

    private static final List<Double> QUANTILES = List.of(0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99);

    private final StudyResults results;
    private final Study study;
    private final List<String> text = new ArrayList<>();

    private StudyReport(StudyResults results) {
        this.results = results;
        this.study = results.study();
    }

    /// Writes everything into a directory.
    ///
    /// @param results    at least one seed of every arm
    /// @param conditions how it was measured, lines of Markdown
    /// @return the report
    public static Path write(StudyResults results, List<String> conditions, Path directory) {
        try {
            Files.createDirectories(directory);
            Path report = directory.resolve("REPORT.md");
            String text = new StudyReport(results).text(conditions, directory);
            StagedFiles.write(report, partial -> Files.writeString(partial, text));
            ResultLine.write(results, directory.resolve("results.jsonl"));
            return report;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write into " + directory, e);
        }
    }

    private String text(List<String> conditions, Path directory) throws IOException {
        add("# " + study.title(), "", study.published(), "", "## What came out", "");
        study.claims().forEach(this::summary);
        add("", "## Figures", "");
        figures(directory);
        add("", "## Numbers", "");
        if (study.view() == View.FLIPS) {
            searches();
        }
        if (study.view() == View.GAPS) {
            quantiles();
        }
        table();
        if (!study.claims().isEmpty()) {
            add("", "## Comparisons", "");
            comparisons();
        }
        add("", "## How it was measured", "");
        text.addAll(conditions);
        return String.join("\n", text) + "\n";
    }

    private void add(String... lines) {
        text.addAll(List.of(lines));
    }

    private void summary(Claim claim) {
        List<ContestResult> contests = results.resultsOf(claim);
        String counts = Stream.of(Conclusion.values())
                .filter(conclusion -> count(contests, conclusion) > 0)
                .map(conclusion -> count(contests, conclusion) + " × " + conclusion)
                .collect(Collectors.joining("; "));
        add("- Published: " + claim.published() + " Here, of " + contests.size()
                + (contests.size() == 1 ? " comparison: " : " comparisons: ") + counts + ".");
    }

    private static long count(List<ContestResult> contests, Conclusion conclusion) {
        return contests.stream()
                .filter(result -> result.conclusion() == conclusion)
                .count();
    }

    private void figures(Path directory) throws IOException {
        List<Point> points = results.points();
        List<String> places =
                points.stream().map(point -> point.place().x()).distinct().toList();
        List<String> lines =
                points.stream().map(point -> point.place().line()).distinct().toList();
        List<Figure.Line> drawn = lines.stream()
                .map(line -> new Figure.Line(
                        line,
                        points.stream()
                                .filter(point -> point.place().line().equals(line))
                                .collect(Collectors.toMap(
                                        point -> point.place().x(),
                                        point -> percent(results.winRate(point.arm(), point.temperature()))))))
                .toList();
        figure(
                directory,
                "win-rate",
                Figure.lines(study.title(), study.xName(), places, "win rate over the chosen answers, %", drawn));
        if (study.view() == View.GAPS) {
            List<Figure.Distribution> gaps = study.arms().stream()
                    .filter(Arm::isTrained)
                    .map(arm -> new Figure.Distribution(arm.line() + " " + arm.x(), gaps(arm)))
                    .toList();
            figure(directory, "gaps", Figure.distributions(study.title(), "reward gap of held-out pairs", gaps));
        }
    }

    private void figure(Path directory, String name, String svg) throws IOException {
        StagedFiles.write(directory.resolve(name + ".svg"), partial -> Files.writeString(partial, svg));
        add("![" + name + "](" + name + ".svg)", "");
    }

    private static Estimate percent(Estimate share) {
        return new Estimate(100 * share.value(), 100 * share.low(), 100 * share.high());
    }

    private List<Double> gaps(Arm arm) {
        return results.of(arm).stream()
                .flatMap(cell -> cell.gaps().stream())
                .sorted()
                .toList();
    }

    private void table() {
        row(
                "",
                study.xName(),
                "win rate, %",
                "95 %",
                "each seed",
                "true reward",
                "95 %",
                "tokens",
                "KL, nats",
                "mean beta");
        row("---", "---", "---", "---", "---", "---", "---", "---", "---", "---");
        for (Point point : results.points()) {
            Estimate win = percent(results.winRate(point.arm(), point.temperature()));
            Estimate reward = results.reward(point.arm(), point.temperature());
            List<AnswersAt> answers = results.of(point.arm()).stream()
                    .map(cell -> cell.at(point.temperature()))
                    .toList();
            row(
                    point.place().line(),
                    point.place().x(),
                    fixed(1, win.value()),
                    fixed(1, win.low()) + " to " + fixed(1, win.high()),
                    answers.stream()
                            .map(at -> fixed(
                                    1,
                                    100
                                            * at.answers().stream()
                                                    .mapToDouble(Cell.ScoredAnswer::win)
                                                    .average()
                                                    .orElse(Double.NaN)))
                            .collect(Collectors.joining(" ")),
                    fixed(2, reward.value()),
                    fixed(2, reward.low()) + " to " + fixed(2, reward.high()),
                    fixed(
                            1,
                            answers.stream()
                                    .mapToDouble(AnswersAt::tokens)
                                    .average()
                                    .orElse(Double.NaN)),
                    meanOfKnown(2, answers.stream().map(AnswersAt::kl)),
                    meanOfKnown(3, results.of(point.arm()).stream().map(Cell::beta)));
        }
    }

    /// @return the mean of those that are there; nothing if none is
    private static String meanOfKnown(int digits, Stream<@Nullable Double> values) {
        OptionalDouble mean = values.flatMapToDouble(
                        value -> value == null ? DoubleStream.empty() : DoubleStream.of(value))
                .average();
        return mean.isPresent() ? fixed(digits, mean.getAsDouble()) : "";
    }

    private void comparisons() {
        row("expected ahead", "of", "difference of win rates, points", "95 %", "");
        row("---", "---", "---", "---", "---");
        for (Claim claim : study.claims()) {
            for (ContestResult result : results.resultsOf(claim)) {
                Estimate difference = percent(result.difference());
                row(
                        result.contest().better().name(study),
                        result.contest().worse().name(study),
                        signed(difference.value()),
                        signed(difference.low()) + " to " + signed(difference.high()),
                        result.conclusion().toString());
            }
        }
    }

    private void quantiles() {
        add("Reward gaps of held-out pairs after training, all seeds together:", "");
        row(Stream.concat(
                        Stream.of("", study.xName()),
                        QUANTILES.stream().map(quantile -> fixed(0, 100 * quantile) + " %"))
                .toArray(String[]::new));
        row(Stream.generate(() -> "---").limit(QUANTILES.size() + 2L).toArray(String[]::new));
        for (Arm arm : study.arms()) {
            List<Double> gaps = gaps(arm);
            if (!gaps.isEmpty()) {
                row(Stream.concat(
                                Stream.of(arm.line(), arm.x()),
                                QUANTILES.stream()
                                        .map(q -> fixed(3, gaps.get((int) Math.round(q * (gaps.size() - 1))))))
                        .toArray(String[]::new));
            }
        }
        add("");
    }

    private void searches() {
        add("Flipped pairs among the training pairs with the most negative gaps, each seed:", "");
        row("", study.xName(), "looked at", "precision", "recall", "precision by chance");
        row("---", "---", "---", "---", "---", "---");
        for (Arm arm : study.arms()) {
            int kinds = results.of(arm).getFirst().searches().size();
            for (int i = 0; i < kinds; i++) {
                int kind = i;
                List<FlipSearch> searches = results.of(arm).stream()
                        .map(cell -> cell.searches().get(kind))
                        .toList();
                row(
                        arm.line(),
                        arm.x(),
                        each(searches, search -> Integer.toString(search.looked())),
                        each(searches, search -> fixed(3, search.precision())),
                        each(searches, search -> fixed(3, search.recall())),
                        each(searches, search -> fixed(3, search.chance())));
            }
        }
        add("");
    }

    private static String each(List<FlipSearch> searches, java.util.function.Function<FlipSearch, String> value) {
        return searches.stream().map(value).distinct().count() == 1
                ? value.apply(searches.getFirst())
                : searches.stream().map(value).collect(Collectors.joining(" "));
    }

    private void row(String... cells) {
        add("| " + String.join(" | ", cells) + " |");
    }

    private static String fixed(int digits, double value) {
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }

    private static String signed(double value) {
        return (value >= 0 ? "+" : "") + fixed(1, value);
    }
}
