package org.betatron.evaluation.judge;

import java.util.List;

/// What a judge said about a comparison.
///
/// @param outcome       who wrote the better answer
/// @param score         of the answer, on the judge's scale; NaN where a judge gives none
/// @param opponentScore of the opponent's answer; NaN where a judge gives none
/// @param replies       what the judge wrote, word by word; empty where it writes nothing
public record Verdict(Outcome outcome, double score, double opponentScore, List<String> replies) {

    public Verdict {
        replies = List.copyOf(replies);
    }

    /// @return a verdict of a judge that scores and says nothing
    public static Verdict scored(Outcome outcome, double score, double opponentScore) {
        return new Verdict(outcome, score, opponentScore, List.of());
    }

    /// @return a verdict of a judge that gives no scores
    public static Verdict explained(Outcome outcome, List<String> replies) {
        return new Verdict(outcome, Double.NaN, Double.NaN, replies);
    }
}
