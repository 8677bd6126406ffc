package org.betatron.evaluation.judge;

import java.util.List;
import org.betatron.data.world.WorldReward;

/// Prefers the answer with the higher score.
///
/// @param identity  name of the scorer with its settings
/// @param scorer    of single answers
/// @param tieMargin largest difference of scores that counts as a tie, ≥ 0
public record ScoreJudge(String identity, AnswerScorer scorer, double tieMargin) implements Judge {

    /// Rewards of the world are sums of multiples of 0.05, and rounding is far smaller.
    private static final double WORLD_TIE = 1e-6;

    public ScoreJudge {
        if (!(tieMargin >= 0 && tieMargin < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("tieMargin must be ≥ 0 but was " + tieMargin);
        }
    }

    /// @return a judge that knows the true reward of the controlled world
    public static ScoreJudge ofWorld() {
        return new ScoreJudge(
                "world", (prompt, answer) -> WorldReward.of(prompt, answer).total(), WORLD_TIE);
    }

    @Override
    public void check(JudgingPlan plan) {
        plan.prompts().forEach(prompt -> scorer.score(prompt, ""));
    }

    @Override
    public void judge(List<Comparison> comparisons, VerdictListener listener) {
        for (int i = 0; i < comparisons.size(); i++) {
            Comparison comparison = comparisons.get(i);
            double score = scorer.score(comparison.prompt(), comparison.answer());
            double opponent = scorer.score(comparison.prompt(), comparison.opponent());
            Outcome outcome = Math.abs(score - opponent) <= tieMargin
                    ? Outcome.TIE
                    : score > opponent ? Outcome.WIN : Outcome.LOSS;
            listener.judged(i, Verdict.scored(outcome, score, opponent));
        }
    }
}
