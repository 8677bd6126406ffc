package org.betatron.evaluation.finding;

import static org.betatron.core.run.MetricNames.CHOSEN_BELOW_REFERENCE;
import static org.betatron.core.run.MetricNames.REWARD_CHOSEN;
import static org.betatron.core.run.MetricNames.REWARD_REJECTED;
import static org.betatron.core.run.MetricNames.TRAIN;

import org.betatron.evaluation.RunMetrics.Series;
import org.betatron.evaluation.record.RunRecord;

/// Which way the rewards of chosen and rejected answers went, or the scores of a reward model.
final class RewardsRule implements FindingRule {

    @Override
    public void look(RunRecord run, Found found) {
        Series chosen = run.metrics().series(TRAIN + REWARD_CHOSEN);
        Series rejected = run.metrics().series(TRAIN + REWARD_REJECTED);
        if (chosen.size() < 2 * Curve.ENDS || rejected.size() < 2 * Curve.ENDS) {
            return;
        }
        double up = Curve.end(chosen) - Curve.start(chosen);
        double down = Curve.end(rejected) - Curve.start(rejected);
        if (up - down <= 0) {
            found.problem(
                    "The margin between chosen and rejected answers does not grow (rewards moved by %.3g and %.3g).",
                    up, down);
        } else if (!run.setting("/reward").isEmpty()) {
            scores(Curve.end(chosen), Curve.end(rejected), up - down, found);
        } else if (up < 0) {
            found.expected(
                    "Both rewards fall (chosen by %.3g, rejected by %.3g) but the margin grows: expected, the objective"
                            + " only compares the two.",
                    -up, -down);
        } else if (down > 0) {
            found.note(
                    "Both rewards rise (chosen by %.3g, rejected by %.3g): the rejected answers become more probable too.",
                    up, down);
        } else {
            found.expected(
                    "Chosen answers become more probable (reward +%.3g) and rejected ones less (%.3g).", up, down);
        }
        Series below = run.metrics().series(TRAIN + CHOSEN_BELOW_REFERENCE);
        if (below.size() >= 2 * Curve.ENDS && Curve.end(below) > 0.8) {
            found.note(
                    "%.0f %% of the chosen answers are less probable than under the reference. If answers get worse,"
                            + " raise alignment.objective.beta, or lower the learning rate.",
                    100 * Curve.end(below));
        }
    }

    /// @param growth how much the difference of the two has grown
    private static void scores(double chosen, double rejected, double growth, Found found) {
        found.expected(
                "The model scores chosen answers %.3g above rejected ones, %.3g more than at the beginning.",
                chosen - rejected, growth);
        double middle = (chosen + rejected) / 2;
        if (Math.abs(middle) > chosen - rejected) {
            found.note(
                    "Scores lie around %.3g, further from 0 than chosen and rejected ones from each other: only"
                            + " differences are learned. Set reward.centering=0.01 where scores are to be read alone.",
                    middle);
        }
    }
}
