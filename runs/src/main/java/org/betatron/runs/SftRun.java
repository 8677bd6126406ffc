package org.betatron.runs;

import java.nio.file.Path;
import org.betatron.data.load.DataSetLoader;
import org.betatron.data.row.HeldOut.Split;
import org.betatron.data.row.TokenizedText;
import org.betatron.data.tokenizer.HuggingFaceTokenizer;
import org.betatron.runs.recipe.SftRecipe;
import org.betatron.torch.TorchLanguageModel;
import org.betatron.training.Evaluation;
import org.betatron.training.SupervisedEvaluation;
import org.betatron.training.SupervisedRule;
import org.betatron.training.TrainSpec;

/// Supervised fine-tuning from a recipe to a model on disk.
public final class SftRun {

    private SftRun() {}

    /// Carries out a run.
    ///
    /// @throws org.betatron.runs.recipe.RecipeException if settings of the recipe do not go together
    public static RunResult run(RunRequest<SftRecipe> request) {
        SftRecipe recipe = request.recipe();
        TrainSpec train = recipe.train();
        Path start = Path.of(recipe.model());
        ModelSource source = new ModelSource(start);
        try (RunSession session = RunSession.open(request, source);
                HuggingFaceTokenizer tokenizer = source.openTokenizer()) {
            DataSetLoader loader = source.loader(tokenizer, recipe.data().truncation());
            Split<TokenizedText> texts = session.split(
                    recipe.data(), files -> loader.texts(files, recipe.data().format()), train.seed());
            try (TorchLanguageModel model = session.openModel(TorchLanguageModel::load)) {
                Evaluation evaluation = texts.evaluation().isEmpty()
                        ? Evaluation.NONE
                        : new SupervisedEvaluation(texts.evaluation(), train.packing());
                return session.train(Training.of(model, new SupervisedRule(texts.training()), texts, evaluation));
            }
        }
    }
}
