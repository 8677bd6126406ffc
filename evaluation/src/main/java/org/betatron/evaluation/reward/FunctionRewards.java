package org.betatron.evaluation.reward;

import java.util.List;

/// A function of single answers as a source.
///
/// @param identity name with every setting
/// @param function scores
record FunctionRewards(String identity, RewardFunction function) implements RewardSource {

    FunctionRewards {
        if (identity.isBlank()) {
            throw new IllegalArgumentException("a source of rewards must have an identity, which names its settings");
        }
    }

    @Override
    public void check(RewardPlan plan) {
        for (RewardPrompt prompt : plan.prompts()) {
            try {
                function.check(prompt);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("prompt \"" + prompt.id() + "\": " + e.getMessage(), e);
            }
        }
    }

    @Override
    public double[][] rewards(List<AnswerGroup> groups) {
        return groups.stream()
                .map(group -> group.answers().stream()
                        .mapToDouble(answer -> function.score(group.prompt(), answer))
                        .toArray())
                .toArray(double[][]::new);
    }

    @Override
    public List<String> account() {
        return function.account();
    }
}
