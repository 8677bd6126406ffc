package org.betatron.evaluation.report;

import static org.betatron.core.run.MetricNames.ACCURACY;
import static org.betatron.core.run.MetricNames.BETA;
import static org.betatron.core.run.MetricNames.CUT;
import static org.betatron.core.run.MetricNames.DISTINCT;
import static org.betatron.core.run.MetricNames.ELAPSED_SECONDS;
import static org.betatron.core.run.MetricNames.ENTROPY;
import static org.betatron.core.run.MetricNames.EVAL;
import static org.betatron.core.run.MetricNames.KEPT;
import static org.betatron.core.run.MetricNames.KL;
import static org.betatron.core.run.MetricNames.LOSS;
import static org.betatron.core.run.MetricNames.MARGIN;
import static org.betatron.core.run.MetricNames.PERPLEXITY;
import static org.betatron.core.run.MetricNames.REWARD_CHOSEN;
import static org.betatron.core.run.MetricNames.REWARD_REJECTED;
import static org.betatron.core.run.MetricNames.ROLLOUT;
import static org.betatron.core.run.MetricNames.SCORE;
import static org.betatron.core.run.MetricNames.TOKENS;
import static org.betatron.core.run.MetricNames.TRAIN;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.betatron.evaluation.RunMetrics;
import org.betatron.evaluation.RunMetrics.Series;
import org.betatron.evaluation.plot.RunPlot;
import org.betatron.evaluation.record.RunRecord;
import tools.jackson.databind.JsonNode;

/// Several runs side by side as a page that needs no other file.
public final class ComparisonPage {

    /// Colours of the page.
    private static final int MOST_RUNS = 5;

    private static final List<String> RESULTS = List.of(
            EVAL + LOSS,
            EVAL + ACCURACY,
            EVAL + MARGIN,
            EVAL + PERPLEXITY,
            EVAL + SCORE,
            EVAL + KL,
            EVAL + TOKENS,
            EVAL + CUT,
            TRAIN + ROLLOUT + SCORE,
            TRAIN + ROLLOUT + KL,
            TRAIN + ROLLOUT + DISTINCT,
            TRAIN + ENTROPY,
            TRAIN + LOSS,
            TRAIN + ACCURACY,
            TRAIN + MARGIN,
            TRAIN + REWARD_CHOSEN,
            TRAIN + REWARD_REJECTED,
            TRAIN + BETA,
            TRAIN + KEPT,
            ELAPSED_SECONDS);

    private final List<RunRecord> runs;
    private final List<String> names = new ArrayList<>();
    private final Html html = new Html();

    private ComparisonPage(List<RunRecord> runs) {
        this.runs = runs;
        for (RunRecord run : runs) {
            long same = runs.subList(0, names.size()).stream()
                    .filter(other -> other.name().equals(run.name()))
                    .count();
            names.add(same == 0 ? run.name() : run.name() + " (" + (same + 1) + ")");
        }
    }

    /// @param directories of two to five runs
    /// @param file        page to write
    /// @throws IllegalArgumentException if there are too many, or a directory holds no run
    public static void write(List<Path> directories, Path file) {
        if (directories.size() > MOST_RUNS) {
            throw new IllegalArgumentException(
                    "at most " + MOST_RUNS + " runs fit one page but there were " + directories.size());
        }
        Html.write(file, of(directories.stream().map(RunRecord::read).toList()));
    }

    static String of(List<RunRecord> runs) {
        return new ComparisonPage(runs).page();
    }

    private String page() {
        html.element("h1", String.join(" · ", names)).element("p class=\"dim\"", "Betatron, " + runs.size() + " runs");
        for (int i = 0; i < runs.size(); i++) {
            if (!runs.get(i).finished()) {
                html.element(
                        "p class=\"partial\"",
                        "Partial: " + names.get(i) + " has not written its final model; its last logged step is "
                                + runs.get(i).lastStep() + ".");
            }
        }
        html.raw("<h2>Results</h2><p class=\"dim\">The newest evaluation; of training, the mean of the last 15 logged"
                + " lines.</p>");
        table(RESULTS, ComparisonPage::result, false);
        DistancePanel.add(runs, names, html);
        RolloutPanels.add(runs, names, html);
        html.raw("<h2>Settings that differ</h2>");
        table(settings(), (run, path) -> run.setting(path), true);
        html.raw("<h2>Curves</h2><div class=\"grid\">");
        List<RunMetrics> metrics = runs.stream().map(RunRecord::metrics).toList();
        Panel.ALL.forEach(panel -> html.raw(panel.of(metrics, names)));
        html.raw("</div><h2>Findings</h2>");
        for (int i = 0; i < runs.size(); i++) {
            html.element("h3", names.get(i));
            RunPage.findings(runs.get(i), html);
        }
        return html.page(String.join(", ", names) + " - Betatron comparison");
    }

    /// A cell of a table.
    private interface Cell {
        String of(RunRecord run, String path);
    }

    /// @param onlyDifferent whether rows are left out in which all runs agree
    private void table(List<String> paths, Cell cell, boolean onlyDifferent) {
        html.raw("<div class=\"scroll\"><table>");
        List<String> head = new ArrayList<>(List.of(""));
        head.addAll(names);
        html.row("th", head);
        for (String path : paths) {
            List<String> cells = runs.stream().map(run -> cell.of(run, path)).toList();
            boolean differs = cells.stream().distinct().count() > 1;
            if (cells.stream().anyMatch(text -> !text.isEmpty()) && (differs || !onlyDifferent)) {
                List<String> row = new ArrayList<>(
                        List.of(onlyDifferent ? path.substring(1).replace('/', '.') : path));
                row.addAll(cells);
                html.row("td", row);
            }
        }
        html.raw("</table></div>");
    }

    private static String result(RunRecord run, String path) {
        Series series = run.metrics().series(path);
        if (series.isEmpty()) {
            return "";
        }
        boolean single = path.startsWith(EVAL) || path.startsWith("time/");
        return Html.number(
                single
                        ? series.last()
                        : series.smoothed(RunPlot.SMOOTHING_STEPS).last());
    }

    /// @return JSON pointers of every setting that some run has
    private List<String> settings() {
        SortedSet<String> paths = new TreeSet<>();
        runs.forEach(run -> leaves("", run.recipe(), paths));
        return List.copyOf(paths);
    }

    private static void leaves(String path, JsonNode node, SortedSet<String> paths) {
        if (node.isObject()) {
            node.properties().forEach(entry -> leaves(path + "/" + entry.getKey(), entry.getValue(), paths));
        } else if (!node.isMissingNode()) {
            paths.add(path);
        }
    }
}
