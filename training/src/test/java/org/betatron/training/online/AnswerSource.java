package org.betatron.training.online;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.betatron.core.model.LanguageModel;
import org.betatron.core.sampling.SamplingSpec;
import org.betatron.data.tokenizer.Tokenizer;
import org.betatron.generation.Answer;
import org.betatron.generation.GenerationListener;
import org.betatron.generation.GenerationSpec;
import org.betatron.generation.Generator;
import org.betatron.training.RowSource;
import org.betatron.training.StepRows;
import org.betatron.training.TrainSpec;

/// Answers of the policy itself, written every other step for two steps: those to the first half of the prompts are
/// learned from at once, the others wait in the state.
///
/// @param policy  as it is when a step begins
/// @param prompts an even number
/// @param wanted  a token; the reward is its share in an answer
record AnswerSource(LanguageModel policy, Tokenizer tokenizer, List<int[]> prompts, int wanted)
        implements RowSource<WrittenAnswer, Written> {

    private static final int SAMPLES = 4;

    @Override
    public String key() {
        return "prompts-1";
    }

    @Override
    public long totalSteps(TrainSpec spec) {
        return spec.length().stepsWithoutPasses();
    }

    @Override
    public StepRows<WrittenAnswer, Written> draw(TrainSpec spec, long step, long position, Written state) {
        if (!state.waiting().isEmpty()) {
            return StepRows.all(state.waiting(), new Written(List.of(), state.numSeen()));
        }
        GenerationSpec generation =
                new GenerationSpec(SamplingSpec.DEFAULT, SAMPLES, 5, List.of(), 8, 1000 * spec.seed() + step);
        List<Answer> answers = new Generator(policy, tokenizer, generation).generate(prompts, GenerationListener.NONE);
        List<WrittenAnswer> all = new ArrayList<>();
        for (int from = 0; from < answers.size(); from += SAMPLES) {
            List<Answer> ofPrompt = answers.subList(from, from + SAMPLES);
            double sum = ofPrompt.stream().mapToDouble(this::reward).sum();
            for (Answer answer : ofPrompt) {
                double reward = reward(answer);
                all.add(new WrittenAnswer(
                        "step-" + step + "-answer-" + all.size(),
                        boxed(prompts.get(answer.prompt())),
                        boxed(answer.tokenIds()),
                        reward,
                        reward - (sum - reward) / (SAMPLES - 1)));
            }
        }
        int half = all.size() / 2;
        return StepRows.all(all.subList(0, half), new Written(all.subList(half, all.size()), state.numSeen()));
    }

    private double reward(Answer answer) {
        int[] ids = answer.tokenIds();
        return IntStream.of(ids).filter(id -> id == wanted).count() / (double) ids.length;
    }

    private static List<Integer> boxed(int[] ids) {
        return IntStream.of(ids).boxed().toList();
    }
}
