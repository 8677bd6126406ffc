package org.betatron.evaluation.finding;

import static org.betatron.core.run.MetricNames.GRADIENT_NORM;
import static org.betatron.core.run.MetricNames.SKIPPED_STEPS;
import static org.betatron.core.run.MetricNames.TRAIN;

import org.betatron.evaluation.RunMetrics.Series;
import org.betatron.evaluation.record.RunRecord;

/// Gradients that jump, and steps that had none.
final class GradientRule implements FindingRule {

    @Override
    public void look(RunRecord run, Found found) {
        Series norm = run.metrics().series(TRAIN + GRADIENT_NORM);
        if (norm.size() >= 2 * Curve.ENDS) {
            double median = Curve.median(norm.values());
            int largest = 0;
            for (int i = 1; i < norm.size(); i++) {
                largest = norm.values().get(i) > norm.values().get(largest) ? i : largest;
            }
            if (median > 0 && norm.values().get(largest) > 20 * median) {
                found.note(
                        "The gradient norm jumps to %.3g at step %.0f, %.0f times its median.",
                        norm.values().get(largest),
                        norm.steps().get(largest),
                        norm.values().get(largest) / median);
            }
        }
        Series skipped = run.metrics().series(TRAIN + SKIPPED_STEPS);
        if (!skipped.isEmpty() && skipped.last() > 0) {
            found.note("%.0f steps had nothing to learn and changed no weights.", skipped.last());
        }
    }
}
