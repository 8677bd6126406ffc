package org.betatron.training.online;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.betatron.core.RandomStreams;
import org.betatron.core.model.TrainableLanguageModel;
import org.betatron.core.sampling.SamplingSpec;
import org.betatron.data.tokenizer.Tokenizer;
import org.betatron.generation.Answer;
import org.betatron.generation.GenerationListener;
import org.betatron.generation.GenerationSpec;
import org.betatron.generation.Generator;
import org.betatron.training.run.TrainingException;

/// Writes rollouts: the policy answers, and somebody says what the answers are worth.
///
/// A rollout is a function of the policy's weights, the seed of the run, its number and the prompts
/// before it.
///
/// @param policy    as it is when a rollout is written, borrowed
/// @param tokenizer of that model, borrowed
/// @param prompts   what is asked
/// @param spec      how answers are written
/// @param scorer    says what they are worth
/// @param clock     measures both
public record RolloutWriter(
        TrainableLanguageModel policy,
        Tokenizer tokenizer,
        Prompts prompts,
        RolloutSpec spec,
        RolloutScorer scorer,
        RolloutClock clock) {

    /// Where several tries of one rollout differ, their draws do.
    static final int MAX_TRIES = 1 << 12;

    /// @param seed       of the run
    /// @param number     of the rollout, from 0
    /// @param nextPrompt prompts that earlier rollouts asked
    /// @param numGroups  prompts whose answers are wanted, ≥ 1
    /// @return their answers; where other prompts are asked instead of those that teach nothing,
    ///     the last of these fill it up where tries end
    Rollout write(long seed, long number, long nextPrompt, int numGroups) {
        Rollout kept = ask(seed, number, 0, nextPrompt, numGroups);
        for (int again = 1; again <= spec.resample(); again++) {
            Rollout asked = kept;
            int[][] members = asked.members();
            List<Integer> teaching = IntStream.range(0, members.length)
                    .filter(group -> !asked.isFlat(members[group]))
                    .boxed()
                    .toList();
            int missing = numGroups - teaching.size();
            if (missing == 0) {
                break;
            }
            Rollout others = ask(seed, number, again, asked.nextPrompt(), missing);
            Rollout good = asked.only(teaching);
            kept = new Rollout(
                            good.answers(),
                            good.groups(),
                            good.scores(),
                            good.nextPrompt(),
                            good.numDiscarded() + missing)
                    .and(others);
        }
        return kept;
    }

    private Rollout ask(long seed, long number, int again, long nextPrompt, int numGroups) {
        int[] asked = prompts.order().rows(nextPrompt, numGroups);
        GenerationSpec generation = new GenerationSpec(
                SamplingSpec.DEFAULT.withTemperature(spec.temperature()),
                spec.samples(),
                spec.maxNewTokens(),
                spec.stop(),
                spec.atOnce(),
                RandomStreams.stream(seed, "rollout", number * MAX_TRIES + again)
                        .nextLong());
        List<Answer> written = clock.during(
                RolloutClock.Phase.GENERATION,
                () -> new Generator(policy, tokenizer, generation)
                        .generate(
                                Arrays.stream(asked)
                                        .mapToObj(prompts.tokenIds()::get)
                                        .toList(),
                                GenerationListener.NONE));
        int[] groups = written.stream().mapToInt(Answer::prompt).toArray();
        List<Answer> answers = new ArrayList<>();
        for (Answer answer : written) {
            answers.add(answer.to(asked[answer.prompt()]));
        }
        return new Rollout(
                answers,
                groups,
                clock.during(RolloutClock.Phase.SCORING, () -> scored(answers)),
                nextPrompt + numGroups,
                0);
    }

    private AnswerScores scored(List<Answer> answers) {
        AnswerScores scores = scorer.score(answers);
        if (scores.totals().length != answers.size()) {
            throw new TrainingException(
                    "scores must be one per answer (" + answers.size() + ") but were " + scores.totals().length);
        }
        for (int i = 0; i < answers.size(); i++) {
            if (Double.isInfinite(scores.totals()[i])) {
                throw new TrainingException("score of answer " + (answers.get(i).sample() + 1) + " to prompt '"
                        + prompts.names().get(answers.get(i).prompt()) + "' is " + scores.totals()[i]
                        + "; a score must be finite, or NaN for an answer that cannot be scored");
            }
        }
        return scores;
    }

    /// @return fingerprint of what is asked, and who says what answers are worth
    String key() {
        return PromptKey.of(prompts) + " " + scorer.identity();
    }
}
