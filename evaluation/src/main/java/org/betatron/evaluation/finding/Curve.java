package org.betatron.evaluation.finding;

import java.util.List;
import org.betatron.evaluation.RunMetrics.Series;

/// Where a noisy curve begins and ends.
final class Curve {

    /// Logged lines that the beginning and the end are means of.
    static final int ENDS = 10;

    private Curve() {}

    static double start(Series series) {
        return mean(series.values().subList(0, Math.min(ENDS, series.size())));
    }

    static double end(Series series) {
        return mean(series.values().subList(Math.max(0, series.size() - ENDS), series.size()));
    }

    static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElse(0);
    }

    static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}
