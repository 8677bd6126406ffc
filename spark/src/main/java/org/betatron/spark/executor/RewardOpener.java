package org.betatron.spark.executor;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.betatron.data.row.PairScores;
import org.betatron.data.row.TokenizedPair;
import org.betatron.runs.recipe.RecipeReader;
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
        RewardRecipe settings = new RecipeReader()
                .text("recipe", recipe)
                .resolve(RewardRecipe.class)
                .recipe();
        PairRows rows = PairRows.open(model, settings.data());
        try {
            return new Scoring(rows, RewardPairScorer.open(model.path(), settings, new ExecutorListener()));
        } catch (RuntimeException e) {
            rows.close();
            throw e;
        }
    }

    private record Scoring(PairRows rows, RewardPairScorer scorer) implements RowsModel {

        @Override
        public List<Row> rows(RowChunk chunk) {
            return rows.with(chunk, SIZE, this::values);
        }

        private List<@Nullable Object[]> values(List<TokenizedPair> pairs) {
            List<@Nullable Object[]> values = new ArrayList<>(pairs.size());
            for (List<PairScores> some : scorer.score(pairs, _ -> {})) {
                some.forEach(scores ->
                        values.add(new @Nullable Object[] {scores.chosen(), scores.rejected(), scores.gap()}));
            }
            return values;
        }

        @Override
        public void close() {
            try (rows) {
                scorer.close();
            }
        }
    }
}
