package org.betatron.evaluation.finding;

import static org.betatron.core.run.MetricNames.BETA;
import static org.betatron.core.run.MetricNames.TRAIN;

import org.betatron.evaluation.RunMetrics.Series;
import org.betatron.evaluation.record.RunRecord;

/// Whether a dynamic beta moves between its bounds.
final class BetaRule implements FindingRule {

    /// Relative distance within which beta counts as being at a bound.
    private static final double AT_BOUND = 1e-6;

    @Override
    public void look(RunRecord run, Found found) {
        Series beta = run.metrics().series(TRAIN + BETA);
        double beta0 = run.number("/alignment/objective/beta");
        double floor = beta0 * run.number("/alignment/calibration/minRatio");
        double ceiling = beta0 * run.number("/alignment/calibration/maxRatio");
        if (beta.isEmpty() || Double.isNaN(floor)) {
            return;
        }
        long atFloor =
                beta.values().stream().filter(b -> b <= floor * (1 + AT_BOUND)).count();
        long atCeiling = beta.values().stream()
                .filter(b -> b >= ceiling * (1 - AT_BOUND))
                .count();
        if (atCeiling > 0) {
            found.note(
                    "Beta is at its ceiling of %.4g in %d of %d logged steps: lower alignment.calibration.sensitivity.",
                    ceiling, atCeiling, beta.size());
        }
        if (atFloor == beta.size()) {
            found.problem(
                    "Beta never leaves its floor of %.4g: the gap is far below its mean throughout, and the objective"
                            + " hardly weighs preferences.",
                    floor);
        } else if (atFloor > 0) {
            boolean last = beta.last() <= floor * (1 + AT_BOUND);
            int left = lastAtMost(beta, floor * (1 + AT_BOUND)) + 1;
            found.note(
                    last
                            ? "Beta is at its floor of %.4g in %d of %d logged steps, the last one among them."
                            : "Beta was at its floor of %.4g in %d of %d logged steps; it left it for good at step %.0f.",
                    floor,
                    atFloor,
                    beta.size(),
                    last ? 0 : beta.steps().get(left));
        } else {
            found.expected(
                    "Beta stays within its bounds: %.4g to %.4g around %.4g.",
                    beta.values().stream().min(Double::compare).orElseThrow(),
                    beta.values().stream().max(Double::compare).orElseThrow(),
                    beta0);
        }
    }

    private static int lastAtMost(Series series, double bound) {
        for (int i = series.size() - 1; i >= 0; i--) {
            if (series.values().get(i) <= bound) {
                return i;
            }
        }
        return -1;
    }
}
