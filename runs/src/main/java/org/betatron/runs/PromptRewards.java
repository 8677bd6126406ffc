package org.betatron.runs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.betatron.data.load.PromptRow;
import org.betatron.evaluation.reward.AnswerGroup;
import org.betatron.evaluation.reward.GroupRewards;
import org.betatron.evaluation.reward.RewardException;
import org.betatron.evaluation.reward.RewardPrompt;
import org.betatron.evaluation.reward.WeightedRewards;
import org.betatron.evaluation.reward.WrittenText;
import org.betatron.generation.Answer;
import org.betatron.generation.AnswerEnd;
import org.betatron.training.online.AnswerScores;
import org.betatron.training.online.RolloutScorer;
import org.betatron.training.run.TrainingException;

/// Sources of rewards as a rollout asks them.
///
/// @param rewards borrowed
/// @param prompts by their number
record PromptRewards(WeightedRewards rewards, List<RewardPrompt> prompts) implements RolloutScorer {

    static RewardPrompt prompt(PromptRow row) {
        return new RewardPrompt(row.id(), row.prompt(), Optional.ofNullable(row.expected()));
    }

    @Override
    public String identity() {
        return rewards.identity();
    }

    @Override
    public AnswerScores score(List<Answer> answers) {
        List<AnswerGroup> groups = new ArrayList<>();
        List<WrittenText> texts = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            Answer answer = answers.get(i);
            texts.add(new WrittenText(answer.text(), answer.end() != AnswerEnd.LENGTH, answer.tokenIds().length));
            // Samples of a prompt are numbered, so a prompt that is asked twice in a row makes two groups.
            boolean isLast = i + 1 == answers.size()
                    || answers.get(i + 1).prompt() != answer.prompt()
                    || answers.get(i + 1).sample() <= answer.sample();
            if (isLast) {
                groups.add(new AnswerGroup(prompts.get(answer.prompt()), texts));
                texts = new ArrayList<>();
            }
        }
        GroupRewards given;
        try {
            given = rewards.rewards(groups);
        } catch (RewardException e) {
            throw new TrainingException(e.getMessage() + "; --resume goes on from the last checkpoint", e);
        }
        return flat(given, answers.size());
    }

    private static AnswerScores flat(GroupRewards given, int size) {
        double[] totals = new double[size];
        Map<String, double[]> parts = new LinkedHashMap<>();
        given.names().forEach(name -> parts.put(name, new double[size]));
        int place = 0;
        for (int group = 0; group < given.numGroups(); group++) {
            for (int answer = 0; answer < given.numAnswers(group); answer++) {
                totals[place] = given.total(group, answer);
                int source = 0;
                for (double[] part : parts.values()) {
                    part[place] = given.score(source++, group, answer);
                }
                place++;
            }
        }
        return new AnswerScores(totals, parts);
    }
}
