package org.betatron.evaluation.report;

import static org.betatron.core.run.MetricNames.BETA_RATIO;
import static org.betatron.core.run.MetricNames.CLIPPED_HIGH;
import static org.betatron.core.run.MetricNames.CLIPPED_LOW;
import static org.betatron.core.run.MetricNames.COMPARING_SECONDS;
import static org.betatron.core.run.MetricNames.CUT;
import static org.betatron.core.run.MetricNames.DISTINCT;
import static org.betatron.core.run.MetricNames.ENTROPY;
import static org.betatron.core.run.MetricNames.EVAL;
import static org.betatron.core.run.MetricNames.FLAT_GROUPS;
import static org.betatron.core.run.MetricNames.GENERATION_SECONDS;
import static org.betatron.core.run.MetricNames.KL;
import static org.betatron.core.run.MetricNames.KL_COEFFICIENT;
import static org.betatron.core.run.MetricNames.KL_PREVIOUS;
import static org.betatron.core.run.MetricNames.LOSS_CRITIC;
import static org.betatron.core.run.MetricNames.LOSS_KL;
import static org.betatron.core.run.MetricNames.LOSS_POLICY;
import static org.betatron.core.run.MetricNames.ROLLOUT;
import static org.betatron.core.run.MetricNames.SCORE;
import static org.betatron.core.run.MetricNames.SCORING_SECONDS;
import static org.betatron.core.run.MetricNames.TOKENS;
import static org.betatron.core.run.MetricNames.TRAIN;
import static org.betatron.core.run.MetricNames.UNSCORED;
import static org.betatron.core.run.MetricNames.UPDATE_SECONDS;
import static org.betatron.core.run.MetricNames.USABLE;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.betatron.evaluation.RunMetrics;
import org.betatron.evaluation.RunMetrics.Series;
import org.betatron.evaluation.plot.Chart;
import org.betatron.evaluation.plot.Chart.Curve;
import org.betatron.evaluation.plot.RunPlot;
import org.betatron.evaluation.record.RunRecord;

/// Curves of runs that learn from answers of their own: what those are worth, how far the policy went for it, and what
/// they are like.
final class RolloutPanels {

    private static final Series NONE = new Series(List.of(), List.of());

    /// After which the name of a source of rewards follows.
    private static final List<String> OF_SOURCE = List.of(TRAIN + ROLLOUT + SCORE + "/", EVAL + SCORE + "/");

    private static final List<Panel> ALL = List.of(
            new Panel(
                    "KL from the reference, nats per answer",
                    List.of(TRAIN + ROLLOUT + KL, EVAL + KL, TRAIN + ROLLOUT + KL_PREVIOUS)),
            new Panel("Entropy of drawn tokens, nats per token", List.of(TRAIN + ENTROPY)),
            new Panel("Different answers to a prompt, share", List.of(TRAIN + ROLLOUT + DISTINCT)),
            new Panel("Prompts whose answers score alike, share", List.of(TRAIN + ROLLOUT + FLAT_GROUPS)),
            new Panel("Prompts whose answers made a pair, share", List.of(TRAIN + ROLLOUT + USABLE)),
            new Panel("Tokens of an answer", List.of(TRAIN + ROLLOUT + TOKENS, EVAL + TOKENS)),
            new Panel("Answers cut at the limit, share", List.of(TRAIN + ROLLOUT + CUT, EVAL + CUT)),
            new Panel("Answers without a score, share", List.of(TRAIN + ROLLOUT + UNSCORED, EVAL + UNSCORED)),
            new Panel("Clipped tokens, share", List.of(TRAIN + CLIPPED_LOW, TRAIN + CLIPPED_HIGH)),
            new Panel("Loss by part", List.of(TRAIN + LOSS_POLICY, TRAIN + LOSS_KL, TRAIN + LOSS_CRITIC)),
            new Panel("Cost of a nat from the reference", List.of(TRAIN + KL_COEFFICIENT)),
            new Panel("Beta of the round over beta_0", List.of(TRAIN + ROLLOUT + BETA_RATIO)),
            new Panel(
                    "Time by phase, s per step",
                    List.of(
                            TRAIN + GENERATION_SECONDS,
                            TRAIN + SCORING_SECONDS,
                            TRAIN + COMPARING_SECONDS,
                            TRAIN + UPDATE_SECONDS)));

    private RolloutPanels() {}

    /// Adds them to a page, or nothing where no run learned from answers of its own.
    ///
    /// @param names of the runs, in their order
    static void add(List<RunRecord> runs, List<String> names, Html html) {
        if (runs.stream().noneMatch(RunRecord::isOfOwnAnswers)) {
            return;
        }
        html.raw("<h2>Own answers</h2><p class=\"dim\">Of training, moving means over 15 logged lines; dots are"
                + " held-out prompts.</p>");
        if (runs.stream()
                        .filter(RunRecord::isOfOwnAnswers)
                        .map(run -> run.setting("/rewards"))
                        .distinct()
                        .count()
                > 1) {
            html.element(
                    "p class=\"partial\"", "Rewards differ between these runs, so their scores cannot be compared.");
        }
        List<RunMetrics> metrics = runs.stream().map(RunRecord::metrics).toList();
        List<String> still = new ArrayList<>();
        html.raw("<div class=\"grid\">");
        html.raw(overKl("Score over KL in training, nats", TRAIN + ROLLOUT, metrics, names));
        html.raw(overKl("Score over KL on held-out prompts, nats", EVAL, metrics, names));
        for (Panel panel : panels(metrics)) {
            String alike = still(panel, metrics);
            if (alike.isEmpty()) {
                html.raw(runs.size() == 1 ? panel.of(metrics.getFirst()) : panel.of(metrics, names));
            } else {
                still.add(alike);
            }
        }
        html.raw("</div>");
        if (!still.isEmpty()) {
            html.element("p class=\"dim\"", "Not drawn, as it never changed: " + String.join(", ", still) + ".");
        }
    }

    /// @return whether single steps of a metric say little
    static boolean isNoisy(String path) {
        return path.startsWith(OF_SOURCE.getFirst())
                || (path.startsWith(TRAIN)
                        && !path.endsWith(KL_COEFFICIENT)
                        && !path.endsWith(BETA_RATIO)
                        && ALL.stream().anyMatch(panel -> panel.paths().contains(path)))
                || path.equals(TRAIN + ROLLOUT + SCORE);
    }

    private static List<Panel> panels(List<RunMetrics> runs) {
        SortedSet<String> sources = new TreeSet<>();
        for (RunMetrics run : runs) {
            for (String path : run.paths()) {
                OF_SOURCE.stream()
                        .filter(path::startsWith)
                        .forEach(before -> sources.add(path.substring(before.length())));
            }
        }
        List<Panel> panels = new ArrayList<>();
        panels.add(new Panel("Score", List.of(TRAIN + ROLLOUT + SCORE, EVAL + SCORE)));
        for (String source : sources) {
            panels.add(new Panel(
                    "Score by " + source + " alone",
                    OF_SOURCE.stream().map(before -> before + source).toList()));
        }
        panels.addAll(ALL);
        return panels;
    }

    /// @return what all metrics of a panel are at every step of every run, in words; empty where they move, differ, or
    ///     no run has any
    private static String still(Panel panel, List<RunMetrics> runs) {
        List<Double> values = panel.paths().stream()
                .flatMap(path -> runs.stream().flatMap(run -> run.series(path).values().stream()))
                .distinct()
                .limit(2)
                .toList();
        return values.size() == 1 ? panel.title().replaceFirst(", .*", "") + " " + Html.number(values.getFirst()) : "";
    }

    /// @param before names of metrics
    /// @return a chart with a curve per run, in the order of steps; empty where no run has both at some step
    private static String overKl(String title, String before, List<RunMetrics> runs, List<String> names) {
        boolean isEvaluation = before.equals(EVAL);
        int window = isEvaluation ? 1 : RunPlot.SMOOTHING_STEPS;
        List<Curve> curves = new ArrayList<>();
        for (int i = 0; i < runs.size(); i++) {
            Series kl = runs.get(i).series(before + KL);
            Series score = runs.get(i).series(before + SCORE);
            if (!kl.isEmpty() && kl.steps().equals(score.steps())) {
                Series path = new Series(
                        kl.smoothed(window).values(), score.smoothed(window).values());
                curves.add(new Curve(names.get(i), path, i, isEvaluation));
            }
        }
        return curves.isEmpty() ? "" : Chart.lines(title, curves, NONE, NONE);
    }
}
