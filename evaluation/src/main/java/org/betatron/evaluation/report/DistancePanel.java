package org.betatron.evaluation.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.betatron.evaluation.comparison.ComparisonReport;
import org.betatron.evaluation.comparison.Estimate;
import org.betatron.evaluation.plot.Figure;
import org.betatron.evaluation.record.EvaluationRecord;
import org.betatron.evaluation.record.RunRecord;

/// What runs have reached, over how far they went for it: of those whose model was evaluated.
///
/// Answers drawn at temperature 1 alone say how far a model is from its start.
final class DistancePanel {

    private static final double TEMPERATURE = 1;

    /// A model that was measured.
    private record Measured(String name, EvaluationRecord evaluation, ComparisonReport report) {

        Estimate measure(boolean hasScores) {
            return hasScores ? report.score() : report.winRate();
        }
    }

    private final List<Measured> measured;
    private final boolean hasScores;

    private DistancePanel(List<Measured> measured) {
        this.measured = measured;
        hasScores = measured.stream()
                .allMatch(each -> Double.isFinite(each.report().score().value()));
    }

    /// Adds it to a page, or nothing where no model was measured.
    ///
    /// @param names of the runs, in their order
    static void add(List<RunRecord> runs, List<String> names, Html html) {
        List<Measured> all = IntStream.range(0, runs.size())
                .mapToObj(i -> measured(names.get(i), runs.get(i)))
                .flatMap(List::stream)
                .toList();
        if (all.isEmpty()) {
            return;
        }
        html.raw("<h2>Reward over distance</h2>");
        EvaluationRecord first = all.getFirst().evaluation();
        List<Measured> alike =
                all.stream().filter(each -> isAlike(each.evaluation(), first)).toList();
        List<String> others = all.stream()
                .filter(each -> !alike.contains(each))
                .map(Measured::name)
                .toList();
        new DistancePanel(alike).add(html);
        if (!others.isEmpty()) {
            html.element(
                    "p class=\"dim\"",
                    "Left out, because judge, opponent or reference are others: " + String.join(", ", others) + ".");
        }
    }

    private static List<Measured> measured(String name, RunRecord run) {
        EvaluationRecord evaluation = run.evaluation();
        return evaluation == null
                ? List.of()
                : evaluation
                        .at(TEMPERATURE)
                        .filter(report -> Double.isFinite(report.kl().value()))
                        .map(report -> List.of(new Measured(name, evaluation, report)))
                        .orElse(List.of());
    }

    private static boolean isAlike(EvaluationRecord one, EvaluationRecord other) {
        return one.judge().equals(other.judge())
                && one.against().equals(other.against())
                && one.reference().equals(other.reference());
    }

    private void add(Html html) {
        EvaluationRecord evaluation = measured.getFirst().evaluation();
        html.element(
                "p class=\"dim\"",
                "Answers drawn at temperature 1, judge " + evaluation.judge() + ", opponent " + evaluation.against()
                        + ". Intervals are over questions: another seed of training makes other models.");
        List<Figure.Point> points = new ArrayList<>();
        if (evaluation.against().equals(evaluation.reference())) {
            ComparisonReport report = measured.getFirst().report();
            points.add(new Figure.Point("start", 0, hasScores ? report.opponentScore() : new Estimate(0.5, 0.5, 0.5)));
        }
        measured.forEach(each -> points.add(new Figure.Point(
                each.name(), Math.sqrt(Math.max(0, each.report().kl().value())), each.measure(hasScores))));
        html.raw(Figure.points(
                "", "root of KL from the start, √nats", hasScores ? "score" : "win rate over the opponent", points));
        html.raw("<div class=\"scroll\"><table>");
        html.row("th", List.of("", "score", "win rate, %", "KL, nats", "tokens"));
        for (Measured each : measured) {
            ComparisonReport report = each.report();
            html.row(
                    "td",
                    List.of(
                            each.name(),
                            spelled(report.score(), 1),
                            spelled(report.winRate(), 100),
                            spelled(report.kl(), 1),
                            spelled(report.tokens(), 1)));
        }
        html.raw("</table></div>");
    }

    private static String spelled(Estimate estimate, double factor) {
        return Double.isNaN(estimate.value())
                ? ""
                : String.format(
                        Locale.ROOT,
                        "%.2f (%.2f to %.2f)",
                        factor * estimate.value(),
                        factor * estimate.low(),
                        factor * estimate.high());
    }
}
