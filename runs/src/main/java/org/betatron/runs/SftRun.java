package org.betatron.runs;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.betatron.data.load.DataSetLoader;
import org.betatron.data.row.HeldOut.Split;
import org.betatron.data.row.TokenizedText;
import org.betatron.data.tokenizer.HuggingFaceTokenizer;
import org.betatron.runs.model.ModelPlace;
import org.betatron.runs.model.ModelSource;
import org.betatron.runs.recipe.SftRecipe;
import org.betatron.torch.TorchLanguageModel;
import org.betatron.training.Evaluation;
import org.betatron.training.FixedRows;
import org.betatron.training.TrainSpec;
import org.betatron.training.run.NoState;
import org.betatron.training.supervised.SupervisedEvaluation;
import org.betatron.training.supervised.SupervisedRule;

/// Supervised fine-tuning from a recipe to a model on disk.
public final class SftRun {

    private SftRun() {}

    /// Carries out a run.
    ///
    /// @throws org.betatron.runs.recipe.RecipeException if settings of the recipe do not go
    ///     together
    public static RunResult run(RunRequest<SftRecipe> named) {
        RunRequest<SftRecipe> request = named.pinned();
        SftRecipe recipe = request.recipe();
        Path start = ModelPlace.of(Path.of(recipe.model()));
        ModelSource source = new ModelSource(start);
        try (RunSession session = RunSession.open(request, source);
                HuggingFaceTokenizer tokenizer = source.openTokenizer()) {
            return session.together(() -> run(recipe, session, source, tokenizer));
        }
    }

    private static RunResult run(
            SftRecipe recipe, RunSession session, ModelSource source, HuggingFaceTokenizer tokenizer) {
        TrainSpec train = recipe.train();
        DataSetLoader loader = session.telling(source.loader(tokenizer, recipe.data()));
        Split<TokenizedText> texts = session.split(
                recipe.data(), files -> loader.texts(files, recipe.data().format()), train.seed());
        try (TorchLanguageModel model = session.openModel(TorchLanguageModel::load)) {
            Evaluation<NoState> evaluation = texts.evaluation().isEmpty()
                    ? Evaluation.none()
                    : new SupervisedEvaluation(model, texts.evaluation(), train.packing(), session.ranks());
            SupervisedRule rule = new SupervisedRule(FixedRows.shuffled(texts.training(), train.seed()));
            return session.train(new Training<>(
                    model, model, List.of(), rule, texts, evaluation, Optional.empty(), () -> {}, List::of));
        }
    }
}
