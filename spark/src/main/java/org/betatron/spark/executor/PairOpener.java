package org.betatron.spark.executor;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.apache.spark.sql.Row;
import org.betatron.data.row.TokenizedPair;
import org.betatron.runs.recipe.AlignRecipe;
import org.betatron.runs.recipe.RecipeReader;
import org.betatron.runs.score.PairScorer;
import org.betatron.training.preference.PairMeasurement;
import org.jspecify.annotations.Nullable;

/// Opens a policy and its reference, which say of pairs what `betatron score` says.
///
/// @param model     the policy
/// @param reference what it is compared with, or null where the objective compares with nothing
/// @param recipe    how rows are read and what a gap is, as YAML
public record PairOpener(ModelFiles model, @Nullable ModelFiles reference, String recipe) implements RowsOpener {

    /// Values that rows get: log-probs, gap, loss, and why there are none.
    private static final int SIZE = 7;

    @Override
    public List<ModelFiles> models() {
        return reference == null ? List.of(model) : List.of(model, reference);
    }

    @Override
    public RowsModel open() {
        AlignRecipe settings = new RecipeReader()
                .text("recipe", recipe)
                .resolve(AlignRecipe.class)
                .recipe();
        PairRows rows = PairRows.open(model, settings.data());
        try {
            PairScorer scorer = PairScorer.open(
                    model.path(), reference == null ? null : reference.path(), settings, new ExecutorListener());
            return new Scoring(rows, scorer);
        } catch (RuntimeException e) {
            rows.close();
            throw e;
        }
    }

    private record Scoring(PairRows rows, PairScorer scorer) implements RowsModel {

        @Override
        public List<Row> rows(RowChunk chunk) {
            return rows.with(chunk, SIZE, this::values);
        }

        private List<@Nullable Object[]> values(List<TokenizedPair> pairs) {
            List<@Nullable Object[]> values = new ArrayList<>(pairs.size());
            for (List<PairMeasurement> some : scorer.measure(pairs, _ -> {})) {
                for (PairMeasurement pair : some) {
                    values.add(new @Nullable Object[] {
                        pair.policyChosen(),
                        pair.policyRejected(),
                        orNull(pair.referenceChosen()),
                        orNull(pair.referenceRejected()),
                        pair.gap(),
                        pair.loss()
                    });
                }
            }
            return values;
        }

        private static @Nullable Double orNull(OptionalDouble value) {
            return value.isPresent() ? value.getAsDouble() : null;
        }

        @Override
        public void close() {
            try (rows) {
                scorer.close();
            }
        }
    }
}
