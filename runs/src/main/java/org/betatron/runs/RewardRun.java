package org.betatron.runs;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.betatron.data.load.DataSetLoader;
import org.betatron.data.load.TokenizedDataSet;
import org.betatron.data.row.HeldOut.Split;
import org.betatron.data.row.TokenizedPair;
import org.betatron.data.tokenizer.HuggingFaceTokenizer;
import org.betatron.data.tokenizer.PaddingToken;
import org.betatron.runs.model.ModelPlace;
import org.betatron.runs.model.ModelSource;
import org.betatron.runs.recipe.RewardRecipe;
import org.betatron.torch.TorchRewardModel;
import org.betatron.training.Evaluation;
import org.betatron.training.TrainSpec;
import org.betatron.training.reward.RewardEvaluation;
import org.betatron.training.reward.RewardRule;
import org.betatron.training.run.NoState;

/// Training of a reward model from a recipe to a model on disk.
public final class RewardRun {

    private RewardRun() {}

    /// Carries out a run.
    ///
    /// @throws org.betatron.runs.recipe.RecipeException if settings of the recipe do not go
    ///     together
    public static RunResult run(RunRequest<RewardRecipe> named) {
        RunRequest<RewardRecipe> request = named.pinned();
        RewardRecipe recipe = request.recipe();
        Path start = ModelPlace.of(Path.of(recipe.model()));
        ModelSource source = new ModelSource(start);
        try (RunSession session = RunSession.open(request, source);
                HuggingFaceTokenizer tokenizer = source.openTokenizer()) {
            return session.together(() -> run(request, session, source, tokenizer));
        }
    }

    private static RunResult run(
            RunRequest<RewardRecipe> request, RunSession session, ModelSource source, HuggingFaceTokenizer tokenizer) {
        RewardRecipe recipe = request.recipe();
        Path start = ModelPlace.of(Path.of(recipe.model()));
        DataSetLoader loader = session.telling(source.loader(tokenizer, recipe.data()));
        Split<TokenizedPair> pairs = pairs(recipe, session, loader);
        int padding = PaddingToken.find(start, tokenizer.eosId());
        if (padding == tokenizer.eosId()) {
            session.tell(new RunEvent.Warning("the tokenizer has no padding token but the one that ends answers:"
                    + " scores are taken at the token before, as transformers does"));
        }
        try (TorchRewardModel model = session.openModel((directory, compute) ->
                TorchRewardModel.begin(directory, padding, recipe.train().seed(), compute))) {
            RunAccount account = session.account(tokenizer);
            return session.train(new Training<>(
                    model,
                    model,
                    List.of(),
                    new RewardRule(recipe.reward(), recipe.data().batches().order(pairs.training(), recipe.train())),
                    pairs,
                    evaluation(request, session, model, pairs.evaluation(), account),
                    Optional.empty(),
                    () -> {},
                    account::gaps));
        }
    }

    private static Split<TokenizedPair> pairs(RewardRecipe recipe, RunSession session, DataSetLoader loader) {
        Split<TokenizedPair> asRead = session.split(
                recipe.data(),
                files -> {
                    TokenizedDataSet<TokenizedPair> read =
                            loader.pairs(files, recipe.data().format());
                    return recipe.reward().needsScores()
                            ? RequiredScores.of(read, "reward.marginScale asks for a margin from scores")
                            : read;
                },
                recipe.train().seed());
        return session.transform(asRead, recipe.data().transforms());
    }

    private static Evaluation<NoState> evaluation(
            RunRequest<RewardRecipe> request,
            RunSession session,
            TorchRewardModel model,
            List<TokenizedPair> rows,
            RunAccount account) {
        TrainSpec train = request.recipe().train();
        boolean beginsBefore = session.checkpoint().isEmpty() && train.evaluateEvery() > 0;
        return rows.isEmpty()
                ? Evaluation.none()
                : new RewardEvaluation(
                        model,
                        request.recipe().reward(),
                        rows,
                        train.packing(),
                        account.listener(beginsBefore),
                        session.ranks());
    }
}
