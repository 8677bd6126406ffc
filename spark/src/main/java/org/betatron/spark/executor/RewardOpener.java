package org.betatron.spark.executor;

import java.util.ArrayList;
import java.util.List;
import org.betatron.data.row.PairScores;
import org.betatron.data.row.TokenizedPair;
import org.betatron.runs.recipe.RewardRecipe;
import org.betatron.runs.score.RewardPairScorer;
import org.jspecify.annotations.Nullable;

/// Opens a reward model, which scores pairs as `betatron score` does.
///
/// @param model  the reward model
/// @param recipe how rows are read, as YAML
public record RewardOpener(ModelFiles model, String recipe) implements RowsOpener {

    /// Values that rows get: both scores, their gap, and why there are none.
    private static final int SIZE = 4;

    @Override
    public List<ModelFiles> models() {
        return List.of(model);
    }

    @Override
    public RowsModel open() {
        return PairModel.open(model, recipe, RewardRecipe.class, RewardRecipe::data, SIZE, settings -> {
            RewardPairScorer scorer = RewardPairScorer.open(model.path(), settings, new ExecutorListener());
            return new PairModel.Opened(pairs -> values(scorer, pairs), scorer::close);
        });
    }

    private static List<@Nullable Object[]> values(RewardPairScorer scorer, List<TokenizedPair> pairs) {
        List<@Nullable Object[]> values = new ArrayList<>(pairs.size());
        for (List<PairScores> some : scorer.score(pairs, _ -> {})) {
            some.forEach(
                    scores -> values.add(new @Nullable Object[] {scores.chosen(), scores.rejected(), scores.gap()}));
        }
        return values;
    }
}
