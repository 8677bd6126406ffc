package org.betatron.evaluation.reward;

import java.util.List;

/// A prompt with the answers that were written to it.
///
/// @param prompt  as the policy read it
/// @param answers at least one; copied
public record AnswerGroup(RewardPrompt prompt, List<WrittenText> answers) {

    public AnswerGroup {
        answers = List.copyOf(answers);
        if (answers.isEmpty()) {
            throw new IllegalArgumentException("prompt \"" + prompt.id() + "\" must have an answer to be scored");
        }
    }
}
