package org.betatron.evaluation.judge;

/// What a judge said about a comparison.
///
/// @param outcome       who wrote the better answer
/// @param score         of the answer, on the judge's scale; NaN where a judge gives none
/// @param opponentScore of the opponent's answer; NaN where a judge gives none
public record Verdict(Outcome outcome, double score, double opponentScore) {}
