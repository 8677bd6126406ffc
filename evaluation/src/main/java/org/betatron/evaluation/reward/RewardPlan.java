package org.betatron.evaluation.reward;

import java.util.List;

/// What a source is going to be asked, as far as it is known before any answer is written.
///
/// @param prompts          all that may come; copied
/// @param answersPerPrompt size of every group, ≥ 1
/// @param groups           groups that will be scored in the whole run, ≥ 0: a prompt may come
///     more than once
/// @param maxAnswerTokens  most tokens of an answer, of the policy
public record RewardPlan(List<RewardPrompt> prompts, int answersPerPrompt, long groups, int maxAnswerTokens) {

    public RewardPlan {
        prompts = List.copyOf(prompts);
        if (answersPerPrompt < 1) {
            throw new IllegalArgumentException("answersPerPrompt must be ≥ 1 but was " + answersPerPrompt);
        }
        if (groups < 0) {
            throw new IllegalArgumentException("groups must be ≥ 0 but was " + groups);
        }
    }
}
