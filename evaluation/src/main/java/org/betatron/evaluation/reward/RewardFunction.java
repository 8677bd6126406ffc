package org.betatron.evaluation.reward;

import java.util.List;

/// A reward that looks at one answer at a time, in Java.
///
/// ```java
/// RewardSource polite = RewardFunction.source(
///         "polite-1", (prompt, answer) -> answer.text().contains("please") ? 1 : 0);
/// ```
///
/// Called by one thread at a time.
@FunctionalInterface
public interface RewardFunction {

    /// @param prompt that was answered
    /// @param answer to it
    /// @return the higher the better: finite, or NaN for an answer that cannot be scored
    double score(RewardPrompt prompt, WrittenText answer);

    /// Refuses a prompt whose answers it cannot score.
    ///
    /// @throws IllegalArgumentException saying why
    default void check(RewardPrompt prompt) {}

    /// @return what stayed without a score and why, a line each
    default List<String> account() {
        return List.of();
    }

    /// @param identity name with every setting that the scores depend on: a run that goes on
    ///     requires the same
    /// @param function scores
    /// @return the function as a source
    static RewardSource source(String identity, RewardFunction function) {
        return new FunctionRewards(identity, function);
    }
}
