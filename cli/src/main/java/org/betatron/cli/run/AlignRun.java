package org.betatron.cli.run;

import java.nio.file.Path;
import org.betatron.cli.recipe.AlignRecipe;
import org.betatron.core.alignment.Alignment;
import org.betatron.data.DataSetLoader;
import org.betatron.data.HeldOut.Split;
import org.betatron.data.HuggingFaceTokenizer;
import org.betatron.data.TokenizedPair;
import org.betatron.torch.TorchLanguageModel;
import org.betatron.training.Evaluation;
import org.betatron.training.PreferenceEvaluation;
import org.betatron.training.PreferenceRule;
import org.betatron.training.TrainSpec;

/// Preference alignment from a recipe to a model on disk.
public final class AlignRun {

    private AlignRun() {}

    /// Carries out a run.
    public static void run(RunRequest<AlignRecipe> request) {
        AlignRecipe recipe = request.recipe();
        TrainSpec train = recipe.train();
        Path start = Path.of(recipe.model());
        ModelSource source = new ModelSource(start);
        RunSession session = new RunSession(request, train.keepCheckpoints());
        try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.load(start)) {
            DataSetLoader loader = source.loader(tokenizer, recipe.data().truncation());
            Split<TokenizedPair> asRead = session.split(
                    recipe.data(), files -> loader.pairs(files, recipe.data().format()), train.seed());
            Split<TokenizedPair> pairs = session.transform(asRead, recipe.data().transforms());
            Alignment alignment = recipe.alignment().create();
            try (References references = References.open(request, session, source, pairs);
                    TorchLanguageModel model = session.openModel(start, recipe.compute())) {
                PreferenceRule rule = new PreferenceRule(
                        alignment, pairs.training(), references.training(), train.microBatchSize(), train.seed());
                Evaluation evaluation = pairs.evaluation().isEmpty()
                        ? Evaluation.NONE
                        : new PreferenceEvaluation(
                                alignment, pairs.evaluation(), references.evaluation(), train.microBatchSize());
                session.train(model, recipe.optimizer(), rule, evaluation, train, source, recipe.compute());
            }
        } catch (RuntimeException e) {
            session.discardIfEmpty();
            throw e;
        }
    }
}
