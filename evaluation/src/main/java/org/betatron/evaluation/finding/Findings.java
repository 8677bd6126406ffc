package org.betatron.evaluation.finding;

import java.util.List;
import org.betatron.evaluation.record.RunRecord;

/// What a run shows, in plain words.
public final class Findings {

    private static final List<FindingRule> RULES = List.of(
            new StateRule(),
            new LossRule(),
            new RewardsRule(),
            new AccuracyRule(),
            new BetaRule(),
            new GradientRule(),
            new SpeedRule(),
            new DataRule(),
            new SamplesRule(),
            new ScoreRule(),
            new AnswersRule(),
            new PolicyRule());

    private Findings() {}

    /// @return findings, most urgent first
    public static List<Finding> of(RunRecord run) {
        Found found = new Found();
        RULES.forEach(rule -> rule.look(run, found));
        return found.byUrgency();
    }
}
