package org.betatron.spark.executor;

import java.util.List;
import java.util.function.Function;
import org.apache.spark.sql.Row;
import org.betatron.data.layout.PreferenceFormat;
import org.betatron.runs.recipe.DataSection;
import org.betatron.runs.recipe.Recipe;
import org.betatron.runs.recipe.RecipeReader;

/// Rows whose pairs a scorer says something of.
///
/// @param rows    reads them; owned
/// @param size    number of values that rows get, the reason why they have none being the last
/// @param scoring gives the others
/// @param scorer  what scores; owned
record PairModel(PairRows rows, int size, PairRows.Scoring scoring, Closing scorer) implements RowsModel {

    /// Lets models go.
    @FunctionalInterface
    interface Closing extends AutoCloseable {

        @Override
        void close();
    }

    /// What scores pairs, opened by a recipe.
    ///
    /// @param scoring what it says of them
    /// @param closing lets it go
    record Opened(PairRows.Scoring scoring, Closing closing) {}

    /// @param model  whose tokenizer reads rows
    /// @param recipe how rows are read, as YAML
    /// @param kind   of the recipe
    /// @param data   its section of data
    /// @param opener opens what scores
    static <R extends Recipe> PairModel open(
            ModelFiles model,
            String recipe,
            Class<R> kind,
            Function<R, DataSection<PreferenceFormat>> data,
            int size,
            Function<R, Opened> opener) {
        R settings = new RecipeReader().text("recipe", recipe).resolve(kind).recipe();
        PairRows rows = PairRows.open(model, data.apply(settings));
        try {
            Opened opened = opener.apply(settings);
            return new PairModel(rows, size, opened.scoring(), opened.closing());
        } catch (RuntimeException e) {
            rows.close();
            throw e;
        }
    }

    @Override
    public List<Row> rows(RowChunk chunk) {
        return rows.with(chunk, size, scoring);
    }

    @Override
    public void close() {
        try (rows) {
            scorer.close();
        }
    }
}
