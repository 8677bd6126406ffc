package org.betatron.evaluation.judge;

import java.util.List;

/// A reward: how good one answer is, whatever the other.
public interface AnswerScorer {

    /// Refuses a prompt whose answers it cannot score.
    ///
    /// @param prompt as the model reads it
    /// @throws IllegalArgumentException saying why
    default void check(String prompt) {}

    /// Scores answers.
    ///
    /// @param prompts as the model read them; equal ones best one after the other
    /// @param answers any texts, one per prompt
    /// @return a score per answer, the higher the better; NaN for an answer that cannot be scored
    /// @throws IllegalArgumentException if a prompt is none that it knows
    double[] scores(List<String> prompts, List<String> answers);
}
