package org.betatron.runs.reward;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.betatron.evaluation.reward.AnswerGroup;
import org.betatron.evaluation.reward.RewardException;
import org.betatron.evaluation.reward.RewardPlan;
import org.betatron.evaluation.reward.RewardPrompt;
import org.betatron.evaluation.reward.RewardSource;
import org.betatron.evaluation.reward.ScorerRewards;
import org.betatron.runs.recipe.RewardSourceSpec.SpecialTokens;
import org.betatron.torch.error.ModelException;

/// A reward model as a source of rewards: the score of an answer is the reward.
///
/// An answer that is too long for the model with its prompt, or has tokens beyond its vocabulary,
/// cannot be scored. Special tokens of the policy that stand in prompts and are no tokens of the
/// reward model would reach it as plain text: such prompts are refused, or told.
final class ModelRewards implements RewardSource {

    private final Path directory;
    private final OpenRewardModel model;
    private final SpecialTokens specialTokens;
    private final List<String> unknownTokens;
    private final Consumer<String> told;
    private final ScorerRewards scores;
    private long numUnscored;

    /// @param directory  as the user named it
    /// @param model      taken over
    /// @param ofPolicy   texts of the special tokens of the policy's tokenizer
    /// @param told       hears what has to be said of prompts
    ModelRewards(
            Path directory,
            OpenRewardModel model,
            SpecialTokens specialTokens,
            Iterable<String> ofPolicy,
            Consumer<String> told) {
        this.directory = directory;
        this.model = model;
        this.specialTokens = specialTokens;
        this.told = told;
        unknownTokens = new ArrayList<>();
        for (String token : ofPolicy) {
            if (!token.isEmpty() && !model.tokenizer().isOneToken(token)) {
                unknownTokens.add(token);
            }
        }
        unknownTokens.sort(null);
        scores = new ScorerRewards(OpenRewardModel.identity(directory), model::finiteScores);
    }

    @Override
    public String identity() {
        return scores.identity();
    }

    @Override
    public void check(RewardPlan plan) {
        checkTokens(plan.prompts());
        checkLengths(plan.prompts());
    }

    private void checkTokens(List<RewardPrompt> prompts) {
        List<String> met = unknownTokens.stream()
                .filter(token ->
                        prompts.stream().anyMatch(prompt -> prompt.text().contains(token)))
                .toList();
        if (met.isEmpty()) {
            return;
        }
        String first = prompts.stream()
                .filter(prompt -> met.stream().anyMatch(prompt.text()::contains))
                .map(RewardPrompt::id)
                .findFirst()
                .orElseThrow();
        String problem = "the reward model " + directory + " reads "
                + met.stream().limit(5).collect(Collectors.joining(", ")) + (met.size() > 5 ? ", ..." : "")
                + " in the policy's prompts (the first is \"" + first
                + "\") as plain text: its tokenizer does not have these special tokens";
        switch (specialTokens) {
            case REFUSE ->
                throw new IllegalArgumentException(problem + "; take a reward model that was trained with the policy's"
                        + " chat template, or accept what it makes of them with specialTokens: as-text");
            case AS_TEXT -> told.accept(problem);
        }
    }

    private void checkLengths(List<RewardPrompt> prompts) {
        int count = 0;
        String first = "";
        for (RewardPrompt prompt : prompts) {
            String problem = model.promptProblem(prompt.text()).orElse("");
            if (!problem.isEmpty()) {
                first = count == 0 ? "\"" + prompt.id() + "\", which would " + problem : first;
                count++;
            }
        }
        if (count > 0) {
            String said = "the reward model " + directory + " can score no answer to " + count + " of " + prompts.size()
                    + " prompts, as " + first;
            if (count == prompts.size()) {
                throw new IllegalArgumentException(said);
            }
            told.accept(said + "; nothing is learned from these");
        }
    }

    @Override
    public double[][] rewards(List<AnswerGroup> groups) {
        double[][] rewards;
        try {
            rewards = scores.rewards(groups);
        } catch (ModelException e) {
            throw new RewardException("the reward model " + directory + " cannot go on: " + e.getMessage(), e);
        }
        numUnscored += Stream.of(rewards)
                .flatMapToDouble(DoubleStream::of)
                .filter(Double::isNaN)
                .count();
        return rewards;
    }

    @Override
    public List<String> account() {
        return numUnscored == 0
                ? List.of()
                : List.of(numUnscored + " answers were not scored: with their prompts they are too long for "
                        + directory + ", or have tokens that it does not know");
    }

    @Override
    public void close() {
        model.close();
    }
}
