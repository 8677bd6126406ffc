package org.betatron.evaluation.finding;

import java.util.List;
import org.betatron.evaluation.RunMetrics.Series;

/// How a noisy curve moved, from some logged lines to its last ones.
///
/// @param from  mean of the earlier lines
/// @param to    mean of the last lines
/// @param noise standard error of the difference, as if lines were independent
record Shift(double from, double to, double noise) {

    /// Standard errors beyond which it moved; ours.
    private static final double SURE = 3;

    /// @param series at least `2 ENDS` lines
    /// @param start  first of the [Curve#ENDS] lines from which it is measured
    static Shift of(Series series, int start) {
        List<Double> values = series.values();
        List<Double> first = values.subList(start, start + Curve.ENDS);
        List<Double> last = values.subList(values.size() - Curve.ENDS, values.size());
        return new Shift(
                Curve.mean(first), Curve.mean(last), Math.sqrt((variance(first) + variance(last)) / Curve.ENDS));
    }

    private static double variance(List<Double> values) {
        double mean = Curve.mean(values);
        return values.stream()
                        .mapToDouble(value -> (value - mean) * (value - mean))
                        .sum()
                / (values.size() - 1);
    }

    double change() {
        return to - from;
    }

    boolean rises() {
        return change() > SURE * noise + tiny();
    }

    boolean falls() {
        return -change() > SURE * noise + tiny();
    }

    /// Below which numbers of computers differ.
    private double tiny() {
        return 1e-6 * Math.max(Math.abs(from), Math.abs(to));
    }
}
