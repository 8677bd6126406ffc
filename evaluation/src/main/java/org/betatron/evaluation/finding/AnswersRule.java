package org.betatron.evaluation.finding;

import static org.betatron.core.run.MetricNames.CUT;
import static org.betatron.core.run.MetricNames.DISTINCT;
import static org.betatron.core.run.MetricNames.EMPTY;
import static org.betatron.core.run.MetricNames.FLAT_GROUPS;
import static org.betatron.core.run.MetricNames.ROLLOUT;
import static org.betatron.core.run.MetricNames.TRAIN;
import static org.betatron.core.run.MetricNames.UNSCORED;

import org.betatron.evaluation.RunMetrics.Series;
import org.betatron.evaluation.record.RunRecord;

/// Answers that a policy cannot learn from: scored alike, all the same, cut, empty, or without a score.
final class AnswersRule implements FindingRule {

    @Override
    public void look(RunRecord run, Found found) {
        flat(end(run, FLAT_GROUPS), found);
        distinct(run, found);
        double cut = end(run, CUT);
        if (cut > 0.5) {
            found.problem(
                    "%.0f %% of the last answers are cut at rollout.maxNewTokens = %s: what is scored are beginnings."
                            + " Raise it, or add the reward \"ended\".",
                    100 * cut, run.setting("/rollout/maxNewTokens"));
        }
        double empty = end(run, EMPTY);
        if (empty > 0.5) {
            found.problem("%.0f %% of the last answers are empty.", 100 * empty);
        }
        unscored(run, found);
    }

    /// @return mean of its last lines; NaN where the run has none
    private static double end(RunRecord run, String name) {
        Series series = run.metrics().series(TRAIN + ROLLOUT + name);
        return series.size() < Curve.ENDS ? Double.NaN : Curve.end(series);
    }

    private static void flat(double share, Found found) {
        String text =
                "The answers to %.0f %% of the last prompts all have the same score: nothing is learned from these."
                        + " Ask for more answers (rollout.samples), other prompts instead (rollout.resample), or harder or"
                        + " easier ones.";
        if (share > 0.9) {
            found.problem(text, 100 * share);
        } else if (share > 0.5) {
            found.note(text, 100 * share);
        }
    }

    private static void distinct(RunRecord run, Found found) {
        Series distinct = run.metrics().series(TRAIN + ROLLOUT + DISTINCT);
        double least = 1 / run.number("/rollout/samples");
        if (distinct.size() < 2 * Curve.ENDS) {
            return;
        }
        double start = Curve.start(distinct);
        double end = Curve.end(distinct);
        // From 0, where all answers are the same, to 1, where all differ.
        if (end - least < 0.25 * (1 - least) && start - least > 2 * (end - least)) {
            found.problem(
                    "Answers have become the same: different ones are %.0f %% of the answers to a prompt, down from %.0f %%,"
                            + " where %.0f %% is one answer. There is little left to compare: lower the learning rate,"
                            + " raise what leaving the reference costs, or stop earlier (stop.distinct).",
                    100 * end, 100 * start, 100 * least);
        }
    }

    private static void unscored(RunRecord run, Found found) {
        Series unscored = run.metrics().series(TRAIN + ROLLOUT + UNSCORED);
        if (unscored.isEmpty()) {
            return;
        }
        double share = Curve.mean(unscored.values());
        String text = "%.1f %% of all answers had no score, and nothing was learned from these; the end of the run's"
                + " output says why.";
        if (share > 0.2) {
            found.problem(text, 100 * share);
        } else if (share > 0) {
            found.note(text, 100 * share);
        }
    }
}
