package org.betatron.evaluation.finding;

import static org.betatron.core.run.MetricNames.ACCURACY;
import static org.betatron.core.run.MetricNames.EVAL;
import static org.betatron.core.run.MetricNames.TRAIN;

import org.betatron.evaluation.RunMetrics.Series;
import org.betatron.evaluation.record.RunRecord;

/// How often the better answer has the higher reward, in training and on held-out rows.
final class AccuracyRule implements FindingRule {

    private static final double FEW_ROWS = 100;

    @Override
    public void look(RunRecord run, Found found) {
        Series train = run.metrics().series(TRAIN + ACCURACY);
        Series held = run.metrics().series(EVAL + ACCURACY);
        if (train.size() >= 2 * Curve.ENDS) {
            perfect(train, run.lastStep(), found);
            if (held.isEmpty() && !run.isOfOwnAnswers()) {
                found.note("No rows were held out: nothing says how far what was learned carries.");
            } else if (!held.isEmpty() && Curve.end(train) - held.last() > 0.15) {
                found.note(
                        "Accuracy is %.2f on training batches but %.2f on held-out rows: part of it is learned by heart.",
                        Curve.end(train), held.last());
            }
        }
        if (!held.isEmpty() && held.last() <= 0.52 && run.lastStep() > 0) {
            found.problem("Accuracy on held-out rows is %.2f: no better than a coin.", held.last());
        } else if (!held.isEmpty() && run.lastStep() > 0) {
            found.expected("Accuracy on held-out rows is %.2f at the last evaluation.", held.last());
        }
        int rows = run.gapsAfter().size();
        if (rows > 0 && rows < FEW_ROWS) {
            found.note(
                    "Only %d rows are held out: an accuracy of one half is uncertain by ± %.2f (95 %%).",
                    rows, 1.96 * Math.sqrt(0.25 / rows));
        }
    }

    private static void perfect(Series train, long lastStep, Found found) {
        Series smooth = train.smoothed(5);
        for (int i = 4; i < smooth.size(); i++) {
            if (smooth.values().get(i) >= 0.999) {
                double step = smooth.steps().get(i);
                if (step <= Math.max(20, 0.2 * lastStep)) {
                    found.problem(
                            "Accuracy is 1.0 after %.0f steps: the pairs are trivially separable, by length or a phrase"
                                    + " perhaps.",
                            step);
                } else {
                    found.note("Accuracy on training batches reached 1.0 at step %.0f.", step);
                }
                return;
            }
        }
    }
}
