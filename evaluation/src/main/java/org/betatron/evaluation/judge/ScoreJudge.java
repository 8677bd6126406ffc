package org.betatron.evaluation.judge;

import java.util.ArrayList;
import java.util.List;

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
        return new ScoreJudge("world", new WorldScorer(), WORLD_TIE);
    }

    @Override
    public void check(JudgingPlan plan) {
        plan.prompts().forEach(scorer::check);
    }

    @Override
    public void judge(List<Comparison> comparisons, VerdictListener listener) {
        List<String> prompts = new ArrayList<>();
        List<String> answers = new ArrayList<>();
        for (Comparison comparison : comparisons) {
            prompts.add(comparison.prompt());
            prompts.add(comparison.prompt());
            answers.add(comparison.answer());
            answers.add(comparison.opponent());
        }
        double[] scores = scorer.scores(prompts, answers);
        for (int i = 0; i < comparisons.size(); i++) {
            double score = scores[2 * i];
            double opponent = scores[2 * i + 1];
            if (Double.isNaN(score - opponent)) {
                listener.undecided(
                        i,
                        "an answer cannot be scored: it is too long, or has tokens that the reward model does not know",
                        List.of());
            } else {
                listener.judged(i, Verdict.scored(outcome(score, opponent), score, opponent));
            }
        }
    }

    private Outcome outcome(double score, double opponent) {
        if (Math.abs(score - opponent) <= tieMargin) {
            return Outcome.TIE;
        }
        return score > opponent ? Outcome.WIN : Outcome.LOSS;
    }
}
