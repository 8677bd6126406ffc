package org.betatron.runs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.betatron.core.model.LanguageModel;
import org.betatron.data.DataException;
import org.betatron.data.row.HeldOut;
import org.betatron.data.row.HeldOut.Split;
import org.betatron.data.row.TokenizedText;
import org.betatron.data.tokenizer.HuggingFaceTokenizer;
import org.betatron.evaluation.record.Sample;
import org.betatron.evaluation.reward.RewardException;
import org.betatron.evaluation.reward.RewardPlan;
import org.betatron.evaluation.reward.RewardPrompt;
import org.betatron.evaluation.reward.WeightedRewards;
import org.betatron.runs.model.ModelSource;
import org.betatron.runs.prompt.TrainingPrompts;
import org.betatron.runs.recipe.PromptedRecipe;
import org.betatron.runs.recipe.RecipeException;
import org.betatron.runs.recipe.RewardArgument;
import org.betatron.runs.recipe.RewardSourceSpec;
import org.betatron.runs.reward.RewardContext;
import org.betatron.runs.reward.RewardSources;
import org.betatron.runs.reward.TemplateRemarks;
import org.betatron.torch.TorchLanguageModel;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.training.Evaluation;
import org.betatron.training.TrainSpec;
import org.betatron.training.online.Prompts;
import org.betatron.training.online.RolloutClock;
import org.betatron.training.online.RolloutEvaluation;
import org.betatron.training.online.RolloutListener;
import org.betatron.training.online.RolloutScorer;
import org.betatron.training.online.RolloutSpec;
import org.betatron.training.online.RolloutWriter;
import org.betatron.training.run.TrainingException;
import org.jspecify.annotations.Nullable;

/// What runs that learn from own answers have in common: prompts, sources of rewards, writers.
final class RolloutRun implements AutoCloseable {

    /// Held-out prompts that are answered at every evaluation at most; ours.
    private static final int MAX_EVALUATED = 64;

    private final PromptedRecipe recipe;
    private final RunSession session;
    private final HuggingFaceTokenizer tokenizer;
    private final TrainingPrompts training;
    private final TrainingPrompts evaluation;
    private final @Nullable WeightedRewards rewards;
    private final RolloutClock clock = new RolloutClock();

    /// Reads prompts, opens sources of rewards, and lets these look at the prompts.
    ///
    /// @param tokenizer of the policy, borrowed
    RolloutRun(
            PromptedRecipe recipe,
            RewardSetup setup,
            RunSession session,
            ModelSource source,
            HuggingFaceTokenizer tokenizer) {
        this.recipe = recipe;
        this.session = session;
        this.tokenizer = tokenizer;
        TrainingPrompts.Reader reader = new TrainingPrompts.Reader(
                source,
                tokenizer,
                recipe.data().rules(),
                RewardSources.expected(recipe.rewards()),
                recipe.readsAnswers(),
                recipe.rollout().maxNewTokens());
        TrainingPrompts all = read(reader, recipe.data().paths());
        if (!recipe.data().evaluation().isEmpty()) {
            training = all;
            evaluation = read(reader, recipe.data().evaluationPaths());
        } else {
            BitSet heldOut = heldOut(all.size());
            training = all.only(
                    IntStream.range(0, all.size()).filter(i -> !heldOut.get(i)).toArray());
            evaluation = all.only(heldOut.stream().toArray());
        }
        rewards = open(setup);
        TemplateRemarks.of(source.directory(), recipe.rewards()).forEach(session::warn);
        try {
            check();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private TrainingPrompts read(TrainingPrompts.Reader reader, List<Path> files) {
        return reader.read(
                files,
                report -> session.tell(new RunEvent.PromptsRead(report)),
                RunEvent.PromptsLeftOut.to(session::tell));
    }

    private BitSet heldOut(int numRows) {
        int count = recipe.data().numHeldOut(numRows);
        if (count == 0) {
            return new BitSet();
        }
        if (count >= numRows) {
            throw new DataException("data.heldOut asks for " + count + " prompts but only " + numRows
                    + " can be used; lower it, or name a file under data.evaluation");
        }
        return new HeldOut.Random(count, recipe.train().seed()).of(numRows);
    }

    private @Nullable WeightedRewards open(RewardSetup setup) {
        List<WeightedRewards.Part> parts = new ArrayList<>();
        if (!recipe.rewards().isEmpty()) {
            ComputeSpec compute = ComputeSpec.DEFAULT.on(recipe.compute().device());
            parts.addAll(RewardSources.open(
                            recipe.rewards(),
                            new RewardContext(
                                    directory -> session.models().reward(directory, compute),
                                    tokenizer.specialTokens(),
                                    session.directory().root().resolve("judgements"),
                                    setup.confirmed(),
                                    session::warn))
                    .parts());
        }
        parts.addAll(setup.parts());
        if (parts.isEmpty() && !recipe.readsAnswers()) {
            throw new RecipeException(
                    "recipe",
                    List.of(RewardSourceSpec.PATH + ": must be given: what answers are worth (--reward "
                            + RewardArgument.FORMS + ")"));
        }
        return parts.isEmpty() ? null : new WeightedRewards(parts);
    }

    private void check() {
        WeightedRewards sources = rewards;
        if (sources == null) {
            return;
        }
        List<RewardPrompt> prompts = new ArrayList<>();
        training.rows().forEach(row -> prompts.add(PromptRewards.prompt(row)));
        evaluation.rows().forEach(row -> prompts.add(PromptRewards.prompt(row)));
        RolloutSpec rollout = recipe.rollout();
        int atOnce = recipe.promptsAtOnce();
        long steps = recipe.train().length().stepsOfMade(training.size(), atOnce, rollout.steps());
        long groups = Math.ceilDiv(steps, rollout.steps()) * atOnce * (1 + rollout.resample());
        try {
            sources.check(new RewardPlan(prompts, rollout.samples(), groups, rollout.maxNewTokens()));
        } catch (RewardException e) {
            throw new TrainingException(String.valueOf(e.getMessage()), e);
        }
    }

    RolloutClock clock() {
        return clock;
    }

    /// @return prompts as rows, those that are learned from and those that are measured on
    Split<TokenizedText> rows() {
        return new Split<>(training.texts(), evaluation.texts());
    }

    /// @return answers of the data, by prompt; none where they are not read
    List<int[]> answers() {
        return recipe.readsAnswers()
                ? training.texts().stream().map(TokenizedText::response).toList()
                : List.of();
    }

    RolloutListener log() {
        return new RolloutLog(
                session.directory().root(),
                training.rows(),
                session.checkpoint().map(found -> found.state().step()).orElse(-1L));
    }

    /// @return writes what is learned from
    RolloutWriter writer(TorchLanguageModel policy) {
        return writer(policy, training, recipe.rollout(), rewards);
    }

    private RolloutWriter writer(
            TorchLanguageModel policy, TrainingPrompts asked, RolloutSpec spec, @Nullable WeightedRewards sources) {
        List<RewardPrompt> prompts =
                asked.rows().stream().map(PromptRewards::prompt).toList();
        return new RolloutWriter(
                policy,
                tokenizer,
                Prompts.shuffled(
                        asked.texts().stream().map(TokenizedText::prompt).toList(),
                        asked.rows().stream().map(row -> row.id()).toList(),
                        recipe.train().seed()),
                spec,
                sources == null ? RolloutScorer.NONE : new PromptRewards(sources, prompts),
                clock);
    }

    /// @param reference what the distance is measured from; null for none
    <S> Evaluation<S> evaluation(TorchLanguageModel policy, @Nullable LanguageModel reference) {
        if (evaluation.size() == 0) {
            return Evaluation.none();
        }
        TrainSpec train = recipe.train();
        TrainingPrompts some = evaluation.only(
                IntStream.range(0, Math.min(MAX_EVALUATED, evaluation.size())).toArray());
        WeightedRewards sources = rewards;
        // One answer to a prompt has no other to be compared with.
        boolean isScored = sources != null && !sources.comparesAnswers();
        return new RolloutEvaluation<>(
                writer(policy, some, recipe.rollout().withSamples(1).withoutResampling(), isScored ? sources : null),
                reference,
                train.packing(policy).twice(),
                train.seed());
    }

    /// Trains, with a few held-out prompts answered before and after for the report.
    ///
    /// @param kind makes the training, of which it says what comes after the last step
    RunResult train(TorchLanguageModel policy, Function<Runnable, Training<?, ?, ?>> kind) {
        RunAccount account = session.account(tokenizer);
        if (session.checkpoint().isEmpty()) {
            account.sample(policy, evaluation.texts(), Sample.BEFORE);
        }
        return session.train(kind.apply(() -> {
            account.sample(policy, evaluation.texts(), Sample.AFTER);
            tellAccount();
        }));
    }

    /// Says what scoring took, and what stayed without a score.
    private void tellAccount() {
        WeightedRewards sources = rewards;
        if (sources != null) {
            sources.account().forEach(session::warn);
        }
    }

    @Override
    public void close() {
        WeightedRewards sources = rewards;
        if (sources != null) {
            sources.close();
        }
    }
}
