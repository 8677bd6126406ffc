package org.betatron.evaluation.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
    private record Measured(String name, EvaluationRecord evaluation, ComparisonReport report) {}

    private final List<Measured> measured;

    /// @param measured at least one, all by the same judge
    private DistancePanel(List<Measured> measured) {
        this.measured = measured;
    }

    /// Adds it to a page, or nothing where no model was measured.
    ///
    /// @param names of the runs, in their order
    static void add(List<RunRecord> runs, List<String> names, Html html) {
        List<Measured> all = IntStream.range(0, runs.size())
                .mapToObj(i -> measured(names.get(i), runs.get(i)))
                .flatMap(Optional::stream)
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

    private static Optional<Measured> measured(String name, RunRecord run) {
        return Optional.ofNullable(run.evaluation())
                .flatMap(evaluation -> evaluation
                        .at(TEMPERATURE)
                        .filter(report -> Double.isFinite(report.kl().value()))
                        .map(report -> new Measured(name, evaluation, report)));
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
        boolean hasScores = measured.getFirst().report().hasScores();
        List<Figure.Point> points = new ArrayList<>();
        if (evaluation.against().equals(evaluation.reference())) {
            Estimate start = measured.getFirst().report().opponentScore();
            points.add(new Figure.Point("start", 0, hasScores ? start : new Estimate(0.5, 0.5, 0.5)));
        }
        for (Measured each : measured) {
            double distance = Math.sqrt(Math.max(0, each.report().kl().value()));
            points.add(new Figure.Point(each.name(), distance, each.report().measure()));
        }
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
                            text(report.score()),
                            text(report.winRate().times(100)),
                            text(report.kl()),
                            text(report.tokens())));
        }
        html.raw("</table></div>");
    }

    private static String text(Estimate estimate) {
        return Double.isNaN(estimate.value()) ? "" : estimate.text(2);
    }
}
