package org.betatron.evaluation.frontier;

import java.util.List;
import java.util.function.Function;
import org.betatron.evaluation.frontier.FrontierPoint.Half;

/// Reward of one run over its distance from the start: straight lines between what was measured, in the order of
/// training.
final class RunCurve {

    private final double[] distances;
    private final double[] rewards;

    /// @param points the start first
    /// @param half   which half of the questions
    RunCurve(List<FrontierPoint> points, Function<FrontierPoint, Half> half) {
        distances = points.stream().map(half).mapToDouble(Half::distance).toArray();
        rewards = points.stream().map(half).mapToDouble(Half::reward).toArray();
        distances[0] = 0;
    }

    /// @param distance ≥ 0
    /// @return reward where the run first is that far away; NaN if it never is
    double at(double distance) {
        if (distance == 0) {
            return rewards[0];
        }
        for (int i = 1; i < distances.length; i++) {
            double before = distances[i - 1];
            double after = distances[i];
            if (before <= distance && distance <= after) {
                double part = after == before ? 1 : (distance - before) / (after - before);
                return rewards[i - 1] + part * (rewards[i] - rewards[i - 1]);
            }
        }
        return Double.NaN;
    }
}
