package org.betatron.evaluation.judge;

import java.util.List;

/// What a judge is going to be asked, as far as it is known before any answer is written.
///
/// @param prompts         as the model reads them
/// @param opponents       the opponent's answer to each prompt; empty where it is not written yet
/// @param comparisons     comparisons that will be asked for, in whole
/// @param maxAnswerTokens most tokens of an answer that is not written yet
public record JudgingPlan(List<String> prompts, List<String> opponents, int comparisons, int maxAnswerTokens) {

    public JudgingPlan {
        prompts = List.copyOf(prompts);
        opponents = List.copyOf(opponents);
        if (!opponents.isEmpty() && opponents.size() != prompts.size()) {
            throw new IllegalArgumentException(
                    "opponents must be one per prompt (" + prompts.size() + ") or none but were " + opponents.size());
        }
    }
}
