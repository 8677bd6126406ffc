package org.betatron.runs.score;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.StreamSupport;
import org.betatron.core.model.TokenQuantity;
import org.betatron.data.packing.BatchNumbers;
import org.betatron.data.packing.RowBatch;
import org.betatron.data.row.PairScores;
import org.betatron.data.row.TokenizedPair;
import org.betatron.runs.ModelOpening;
import org.betatron.runs.RunListener;
import org.betatron.runs.model.ComputeThreads;
import org.betatron.runs.recipe.RewardRecipe;
import org.betatron.torch.TorchRewardModel;
import org.betatron.training.run.TrainingException;

/// A reward model that scores pairs, in memory until it is closed. One thread at a time.
public final class RewardPairScorer implements AutoCloseable {

    private final RewardRecipe recipe;
    private final TorchRewardModel model;

    private RewardPairScorer(RewardRecipe recipe, TorchRewardModel model) {
        this.recipe = recipe;
        this.model = model;
    }

    /// @param model    Hugging Face directory of a reward model
    /// @param recipe   how it computes
    /// @param listener hears what has to be said of the model's files
    /// @return the model, to be closed by the caller
    public static RewardPairScorer open(Path model, RewardRecipe recipe, RunListener listener) {
        ComputeThreads.use(recipe.compute().threads());
        return new RewardPairScorer(
                recipe,
                ModelOpening.toldTo(listener).reward(model, recipe.compute().model()));
    }

    /// Scores pairs as the result is iterated, some at a time.
    ///
    /// @param progress hears how many have gone through the model
    /// @return scores of each, in order
    /// @throws TrainingException if a score is not finite
    public Iterable<List<PairScores>> score(List<TokenizedPair> pairs, IntConsumer progress) {
        ComputeThreads.use(recipe.compute().threads());
        Iterable<RowBatch> windows = RowBatch.windows(pairs, recipe.train().packing());
        return () -> StreamSupport.stream(windows.spliterator(), false)
                .map(window -> score(window, pairs, progress))
                .iterator();
    }

    private List<PairScores> score(RowBatch window, List<TokenizedPair> pairs, IntConsumer progress) {
        int from = window.row(0);
        BatchNumbers scored = window.score(model, (_, done) -> progress.accept(from + done));
        List<PairScores> scores = new ArrayList<>(window.size());
        for (int i = 0; i < window.size(); i++) {
            scores.add(scores(pairs.get(from + i), scored, i));
        }
        return scores;
    }

    private static PairScores scores(TokenizedPair pair, BatchNumbers scored, int index) {
        double chosen = scored.sum(TokenQuantity.SCORE, index, 0);
        double rejected = scored.sum(TokenQuantity.SCORE, index, 1);
        if (!Double.isFinite(chosen - rejected)) {
            throw new TrainingException("scores of row '" + pair.id() + "' (" + pair.place() + ") are " + chosen
                    + " and " + rejected + "; remove the row or check the model");
        }
        return new PairScores(chosen, rejected);
    }

    @Override
    public void close() {
        model.close();
    }
}
