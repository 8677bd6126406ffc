package org.betatron.evaluation.finding;

import static org.betatron.core.run.MetricNames.EVAL;
import static org.betatron.core.run.MetricNames.LOSS;
import static org.betatron.core.run.MetricNames.TRAIN;

import org.betatron.evaluation.RunMetrics.Series;
import org.betatron.evaluation.record.RunRecord;

/// A loss that does not move, rises, or rises on held-out rows alone.
final class LossRule implements FindingRule {

    /// A sigmoid loss this near to ln 2, nats, has not moved.
    private static final double FLAT = 0.005;

    @Override
    public void look(RunRecord run, Found found) {
        Series loss = run.metrics().series(TRAIN + LOSS);
        if (loss.size() >= Curve.ENDS && isLogistic(run)) {
            double ln2 = Math.log(2);
            if (loss.values().stream().allMatch(value -> Math.abs(value - ln2) < FLAT)) {
                found.problem(
                        "The loss stays at ln 2 = 0.693: the policy still equals the reference, so nothing was learned."
                                + " Raise train.learningRate or train longer.");
            }
        }
        // Answers of a policy that learns from its own change with it, and so does what is compared.
        if (!run.isOfOwnAnswers()
                && loss.size() >= 2 * Curve.ENDS
                && Curve.end(loss) > Curve.start(loss) * 1.05 + 1e-9) {
            found.problem(
                    "The training loss rose from %.4g to %.4g: the learning rate is probably too high.",
                    Curve.start(loss), Curve.end(loss));
        }
        Series held = run.metrics().series(EVAL + LOSS);
        if (!held.isEmpty()
                && (isLogistic(run) || isPlainReward(run))
                && run.lastStep() > 0
                && held.last() > Math.log(2) + 1e-3) {
            found.problem(
                    "The loss on held-out rows is %.4g, above the ln 2 = 0.693 of a model that has learned nothing.",
                    held.last());
        }
        if (held.size() >= 3) {
            int best = indexOfSmallest(held);
            if (best < held.size() - 1 && held.last() > held.values().get(best) * 1.02) {
                found.problem(
                        "The loss on held-out rows was lowest at step %.0f (%.4g) and has risen to %.4g since:"
                                + " the run learns its training rows by heart. A shorter run would do better.",
                        held.steps().get(best), held.values().get(best), held.last());
            }
        }
    }

    /// Of a sigmoid of the margin against a reference, whose loss is ln 2 where both models are equal.
    private static boolean isLogistic(RunRecord run) {
        return run.setting("/alignment/objective/type").equals("dpo");
    }

    /// Of a reward model without margin and centering, whose loss is ln 2 where all scores are equal.
    private static boolean isPlainReward(RunRecord run) {
        return run.number("/reward/marginScale") == 0 && run.number("/reward/centering") == 0;
    }

    private static int indexOfSmallest(Series series) {
        int best = 0;
        for (int i = 1; i < series.size(); i++) {
            best = series.values().get(i) < series.values().get(best) ? i : best;
        }
        return best;
    }
}
