package org.betatron.evaluation.finding;

import static org.betatron.core.run.MetricNames.BETA;
import static org.betatron.core.run.MetricNames.GAP_KEPT;
import static org.betatron.core.run.MetricNames.TRAIN;

import java.util.Locale;
import org.betatron.evaluation.RunMetrics.Series;
import org.betatron.evaluation.record.RunRecord;

/// Whether a dynamic beta moves, whether between its bounds, and around what.
final class BetaRule implements FindingRule {

    /// Relative distance within which beta counts as being at a bound.
    private static final double AT_BOUND = 1e-6;

    /// Closer than this to beta_0 throughout, a dynamic beta is a fixed one.
    private static final double NOTHING = 0.03;

    /// A mean that is further off than this is another beta_0.
    private static final double ELSEWHERE = 0.1;

    /// By how much a sensitivity that is proposed moves beta.
    private static final double MOVED = 0.2;

    @Override
    public void look(RunRecord run, Found found) {
        Series beta = run.metrics().series(TRAIN + BETA);
        double outer = run.number("/alignment/objective/beta");
        // Of a loss divided by beta it is the inner one's.
        double beta0 = Double.isNaN(outer) ? run.number("/alignment/objective/objective/beta") : outer;
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
        if (atFloor > 0 && atCeiling > 0 && atFloor + atCeiling > beta.size() / 2) {
            found.problem(
                    "Dynamic beta does everything: it is at its floor of %.4g in %d and at its ceiling of %.4g in %d of %d"
                            + " logged steps: lower alignment.calibration.sensitivity.",
                    floor, atFloor, ceiling, atCeiling, beta.size());
        } else if (atCeiling > 0) {
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
        } else if (!isFarFromDynamic(run, beta, beta0, found)) {
            found.expected(
                    "Beta stays within its bounds: %.4g to %.4g around %.4g.",
                    beta.values().stream().min(Double::compare).orElseThrow(),
                    beta.values().stream().max(Double::compare).orElseThrow(),
                    beta0);
        }
    }

    /// @return whether something was found: a beta that does not move, or moves around another beta_0
    private static boolean isFarFromDynamic(RunRecord run, Series beta, double beta0, Found found) {
        if (Double.isNaN(run.number("/alignment/calibration/sensitivity"))) {
            return false;
        }
        double furthest = beta.values().stream()
                .mapToDouble(b -> Math.abs(b / beta0 - 1))
                .max()
                .orElse(0);
        double mean =
                beta.values().stream().mapToDouble(b -> b / beta0).average().orElse(1);
        if (furthest < NOTHING) {
            double size = size(run.metrics().series(TRAIN + GAP_KEPT));
            found.note(
                    "Dynamic beta did nothing: it stays within %.1f %% of beta_0.%s",
                    100 * furthest,
                    size > 0
                            ? String.format(
                                    Locale.ROOT,
                                    " The gaps of a batch lie %.3g from their usual mean: a sensitivity of about %.2g would"
                                            + " move beta by a fifth.",
                                    size,
                                    MOVED / size)
                            : "");
            return true;
        }
        if (Math.abs(mean - 1) > ELSEWHERE) {
            found.note(
                    "Beta is %.2f times beta_0 in the mean: the run has another beta_0 in effect, of %.3g. Where a filter"
                            + " keeps the middle of skewed gaps, alignment.calibration.compared=kept compares like with like.",
                    mean, mean * beta0);
            return true;
        }
        return false;
    }

    /// @return root of the mean square; 0 without values
    private static double size(Series series) {
        return Math.sqrt(series.values().stream()
                .mapToDouble(value -> value * value)
                .average()
                .orElse(0));
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
