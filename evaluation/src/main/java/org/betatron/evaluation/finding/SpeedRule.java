package org.betatron.evaluation.finding;

import static org.betatron.core.run.MetricNames.TOKENS_PER_SECOND;

import org.betatron.evaluation.RunMetrics.Series;
import org.betatron.evaluation.record.RunRecord;

/// Throughput that falls while a run goes on.
final class SpeedRule implements FindingRule {

    @Override
    public void look(RunRecord run, Found found) {
        Series speed = run.metrics().series(TOKENS_PER_SECOND);
        if (speed.size() >= 4 * Curve.ENDS) {
            int half = speed.size() / 2;
            double first = Curve.median(speed.values().subList(0, half));
            double second = Curve.median(speed.values().subList(half, speed.size()));
            if (second < 0.67 * first) {
                found.note(
                        "Throughput fell from %,.0f to %,.0f tokens/s (medians of the halves): is something else running?",
                        first, second);
            }
        }
    }
}
