package org.betatron.evaluation.judge;

import java.util.List;
import java.util.stream.IntStream;
import org.betatron.data.world.WorldReward;

/// The true reward of the controlled world.
record WorldScorer() implements AnswerScorer {

    @Override
    public void check(String prompt) {
        WorldReward.of(prompt, "");
    }

    @Override
    public double[] scores(List<String> prompts, List<String> answers) {
        return IntStream.range(0, prompts.size())
                .mapToDouble(i -> WorldReward.of(prompts.get(i), answers.get(i)).total())
                .toArray();
    }
}
