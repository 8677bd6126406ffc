package org.betatron.evaluation.frontier;

import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.betatron.evaluation.frontier.FrontierPoint.Half;

/// What one run is worth over its distance from the start: straight lines between what was measured, in the order of
/// training.
final class RunCurve {

    private final double[] distances;
    private final double[] values;

    /// @param points the start first
    /// @param half   which half of the questions
    /// @param value  what is followed
    RunCurve(List<FrontierPoint> points, Function<FrontierPoint, Half> half, ToDoubleFunction<Half> value) {
        distances = points.stream().map(half).mapToDouble(Half::distance).toArray();
        values = points.stream().map(half).mapToDouble(value).toArray();
        distances[0] = 0;
    }

    /// @param distance ≥ 0
    /// @return value where the run first is that far away; NaN if it never is
    double at(double distance) {
        if (distance == 0) {
            return values[0];
        }
        for (int i = 1; i < distances.length; i++) {
            double before = distances[i - 1];
            double after = distances[i];
            if (before <= distance && distance <= after) {
                double part = after == before ? 1 : (distance - before) / (after - before);
                return values[i - 1] + part * (values[i] - values[i - 1]);
            }
        }
        return Double.NaN;
    }
}
