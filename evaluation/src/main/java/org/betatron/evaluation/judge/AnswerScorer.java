package org.betatron.evaluation.judge;

/// A reward: how good one answer is, whatever the other.
@FunctionalInterface
public interface AnswerScorer {

    /// @param prompt as the model read it
    /// @param answer any text
    /// @return the higher the better, finite
    /// @throws IllegalArgumentException if the prompt is none that it knows
    double score(String prompt, String answer);
}
