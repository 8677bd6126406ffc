package org.betatron.evaluation.report;

import static org.betatron.core.run.MetricNames.ACCURACY;
import static org.betatron.core.run.MetricNames.AGREEMENT;
import static org.betatron.core.run.MetricNames.BETA;
import static org.betatron.core.run.MetricNames.CHOSEN_BELOW_REFERENCE;
import static org.betatron.core.run.MetricNames.EVAL;
import static org.betatron.core.run.MetricNames.GAP_DEVIATION;
import static org.betatron.core.run.MetricNames.GAP_MEAN;
import static org.betatron.core.run.MetricNames.GRADIENT_NORM;
import static org.betatron.core.run.MetricNames.KEPT;
import static org.betatron.core.run.MetricNames.LEARNING_RATE;
import static org.betatron.core.run.MetricNames.LOSS;
import static org.betatron.core.run.MetricNames.MARGIN;
import static org.betatron.core.run.MetricNames.PERPLEXITY;
import static org.betatron.core.run.MetricNames.REWARD_CHOSEN;
import static org.betatron.core.run.MetricNames.REWARD_REJECTED;
import static org.betatron.core.run.MetricNames.TOKENS_PER_SECOND;
import static org.betatron.core.run.MetricNames.TRAIN;

import java.util.ArrayList;
import java.util.List;
import org.betatron.evaluation.RunMetrics;
import org.betatron.evaluation.RunMetrics.Series;
import org.betatron.evaluation.plot.Chart;
import org.betatron.evaluation.plot.Chart.Curve;
import org.betatron.evaluation.plot.RunPlot;

/// A group of metrics that belong into one chart.
///
/// @param title what is shown, with its unit
/// @param paths metrics, one curve each
record Panel(String title, List<String> paths) {

    static final Panel GAP = new Panel("Reward gap: M_0 ± sigma, nats", List.of(TRAIN + GAP_MEAN));

    /// In the order of the page.
    static final List<Panel> ALL = List.of(
            new Panel("Loss", List.of(TRAIN + LOSS, EVAL + LOSS)),
            new Panel("Rewards", List.of(TRAIN + REWARD_CHOSEN, TRAIN + REWARD_REJECTED)),
            new Panel("Margin, without beta", List.of(TRAIN + MARGIN, EVAL + MARGIN)),
            new Panel("Accuracy", List.of(TRAIN + ACCURACY, EVAL + ACCURACY)),
            new Panel("Agreement with the scores of the data, share", List.of(EVAL + AGREEMENT)),
            new Panel("Beta", List.of(TRAIN + BETA)),
            GAP,
            new Panel("Share of pairs kept", List.of(TRAIN + KEPT)),
            new Panel(
                    "Chosen answers below the reference, share",
                    List.of(TRAIN + CHOSEN_BELOW_REFERENCE, EVAL + CHOSEN_BELOW_REFERENCE)),
            new Panel("Perplexity", List.of(TRAIN + PERPLEXITY, EVAL + PERPLEXITY)),
            new Panel("Gradient norm", List.of(TRAIN + GRADIENT_NORM)),
            new Panel("Learning rate", List.of(TRAIN + LEARNING_RATE)),
            new Panel("Throughput, tokens/s", List.of(TOKENS_PER_SECOND)));

    private static final Series NONE = new Series(List.of(), List.of());

    /// @return a chart of one run, empty if it has none of the metrics
    String of(RunMetrics metrics) {
        List<Curve> curves = new ArrayList<>();
        for (String path : paths) {
            add(curves, path, metrics.series(path), path, curves.size());
        }
        if (curves.isEmpty()) {
            return "";
        }
        Series middle = metrics.series(TRAIN + GAP_MEAN);
        Series spread = metrics.series(TRAIN + GAP_DEVIATION);
        return equals(GAP) && spread.size() == middle.size()
                ? Chart.lines(title, curves, shifted(middle, spread, -1), shifted(middle, spread, 1))
                : Chart.lines(title, curves, NONE, NONE);
    }

    /// @param names what each run is called
    /// @return a chart per metric with a curve per run, empty if no run has any
    String of(List<RunMetrics> runs, List<String> names) {
        StringBuilder charts = new StringBuilder();
        for (String path : paths) {
            List<Curve> curves = new ArrayList<>();
            for (int i = 0; i < runs.size(); i++) {
                add(curves, names.get(i), runs.get(i).series(path), path, i);
            }
            if (!curves.isEmpty()) {
                charts.append(Chart.lines(title + ": " + path, curves, NONE, NONE));
            }
        }
        return charts.toString();
    }

    private static void add(List<Curve> curves, String label, Series series, String path, int color) {
        if (!series.isEmpty()) {
            boolean evaluated = path.startsWith(EVAL);
            Series drawn = !evaluated && isNoisy(path) ? series.smoothed(RunPlot.SMOOTHING_STEPS) : series;
            curves.add(new Curve(label, drawn, color, evaluated));
        }
    }

    /// Single batches are noisy; statistics and schedules are not.
    private static boolean isNoisy(String path) {
        return RolloutPanels.isNoisy(path)
                || List.of("loss", "rejected", "chosen", "margin", "accuracy", "gradientNorm", "tokensPerSecond")
                        .contains(path.substring(path.lastIndexOf('/') + 1));
    }

    private static Series shifted(Series middle, Series spread, int sign) {
        List<Double> values = new ArrayList<>();
        for (int i = 0; i < middle.size(); i++) {
            values.add(middle.values().get(i) + sign * spread.values().get(i));
        }
        return new Series(middle.steps(), values);
    }
}
