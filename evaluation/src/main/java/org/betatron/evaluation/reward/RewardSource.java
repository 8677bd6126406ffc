package org.betatron.evaluation.reward;

import java.util.List;

/// Says how good answers are. Asked at every step, by one thread at a time; whoever opened it
/// closes it.
public interface RewardSource extends AutoCloseable {

    /// @return name of the source with every setting that its scores depend on
    String identity();

    /// Refuses what it cannot score, before any answer is written.
    ///
    /// @param plan what it is going to be asked
    /// @throws IllegalArgumentException naming the first prompt that it cannot score and why, or
    ///     what must be given before it scores anything
    /// @throws RewardException          if it cannot be asked at all
    default void check(RewardPlan plan) {}

    /// Scores answers.
    ///
    /// @param groups any number
    /// @return `[groups][answers]`, the higher the better: finite, or NaN for an answer that
    ///     cannot be scored, which the documentation of the source says when
    /// @throws RewardException if it has to give up
    double[][] rewards(List<AnswerGroup> groups);

    /// @return what the scoring took so far and what stayed without a score, a line each; often
    ///     none
    default List<String> account() {
        return List.of();
    }

    @Override
    default void close() {}
}
