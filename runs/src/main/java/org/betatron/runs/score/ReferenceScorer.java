package org.betatron.runs.score;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.betatron.core.model.TokenQuantity;
import org.betatron.data.packing.BatchNumbers;
import org.betatron.data.packing.RowBatch;
import org.betatron.data.row.TokenizedPair;
import org.betatron.runs.ModelOpening;
import org.betatron.runs.RunListener;
import org.betatron.runs.model.ComputeThreads;
import org.betatron.runs.recipe.AlignRecipe;
import org.betatron.torch.TorchLanguageModel;
import org.betatron.training.run.TrainingException;

/// A reference that says the log-prob of every token of pairs, in memory until it is closed. One
/// thread at a time.
public final class ReferenceScorer implements AutoCloseable {

    private final AlignRecipe recipe;
    private final TorchLanguageModel model;

    private ReferenceScorer(AlignRecipe recipe, TorchLanguageModel model) {
        this.recipe = recipe;
        this.model = model;
    }

    /// @param model    Hugging Face directory
    /// @param recipe   how it computes
    /// @param listener hears what has to be said of the model's files
    /// @return the model, to be closed by the caller
    public static ReferenceScorer open(Path model, AlignRecipe recipe, RunListener listener) {
        ComputeThreads.use(recipe.compute().threads());
        return new ReferenceScorer(
                recipe,
                ModelOpening.toldTo(listener).language(model, recipe.compute().model()));
    }

    /// Scores pairs as the result is iterated, some at a time.
    ///
    /// @return [TokenQuantity#LOG_PROB] of both answers of each, in order
    /// @throws TrainingException if a log-prob is not finite
    public Iterable<BatchNumbers> score(List<TokenizedPair> pairs) {
        ComputeThreads.use(recipe.compute().threads());
        // Scoring keeps no graph, so more fits at once than in training.
        Iterable<RowBatch> windows =
                RowBatch.windows(pairs, recipe.train().packing().twice());
        return () -> StreamSupport.stream(windows.spliterator(), false)
                .map(window -> window.score(model))
                .peek(numbers -> requireFinite(numbers, pairs))
                .iterator();
    }

    private static void requireFinite(BatchNumbers numbers, List<TokenizedPair> pairs) {
        for (int i = 0; i < numbers.size(); i++) {
            double both = numbers.sum(TokenQuantity.LOG_PROB, i, 0) + numbers.sum(TokenQuantity.LOG_PROB, i, 1);
            if (!Double.isFinite(both)) {
                TokenizedPair pair = pairs.get(numbers.row(i));
                throw new TrainingException("reference log-probs of row '" + pair.id() + "' (" + pair.place()
                        + ") are not finite; remove the row or check the model");
            }
        }
    }

    @Override
    public void close() {
        model.close();
    }
}
