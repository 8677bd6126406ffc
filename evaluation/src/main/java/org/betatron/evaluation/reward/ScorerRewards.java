package org.betatron.evaluation.reward;

import java.util.Arrays;
import java.util.List;
import org.betatron.evaluation.judge.AnswerScorer;
import org.betatron.evaluation.judge.ScoreJudge;

/// What measures answers in an evaluation, as a source.
///
/// @param identity name of the scorer with its settings
/// @param scorer   of single answers; NaN for one that it cannot score
public record ScorerRewards(String identity, AnswerScorer scorer) implements RewardSource {

    /// @return the known reward of the controlled world, in [-11, 4]: of a prompt that is no
    ///     question of it, an error
    public static ScorerRewards ofWorld() {
        ScoreJudge world = ScoreJudge.ofWorld();
        return new ScorerRewards(world.identity(), world.scorer());
    }

    @Override
    public void check(RewardPlan plan) {
        for (RewardPrompt prompt : plan.prompts()) {
            try {
                scorer.check(prompt.text());
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("prompt \"" + prompt.id() + "\": " + e.getMessage(), e);
            }
        }
    }

    /// All answers are handed to the scorer at once, group after group.
    @Override
    public double[][] rewards(List<AnswerGroup> groups) {
        List<String> prompts = groups.stream()
                .flatMap(group ->
                        group.answers().stream().map(_ -> group.prompt().text()))
                .toList();
        List<String> answers = groups.stream()
                .flatMap(group -> group.answers().stream().map(WrittenText::text))
                .toList();
        double[] scores = scorer.scores(prompts, answers);
        if (scores.length != answers.size()) {
            throw new RewardException(scores.length + " scores came back of " + answers.size() + " answers");
        }
        double[][] rewards = new double[groups.size()][];
        int from = 0;
        for (int i = 0; i < rewards.length; i++) {
            int to = from + groups.get(i).answers().size();
            rewards[i] = Arrays.copyOfRange(scores, from, to);
            from = to;
        }
        return rewards;
    }
}
