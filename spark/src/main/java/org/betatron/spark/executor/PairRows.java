package org.betatron.spark.executor;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.betatron.data.layout.PreferenceFormat;
import org.betatron.data.load.TokenizedDataSet;
import org.betatron.data.row.DroppedRow;
import org.betatron.data.row.TokenizedPair;
import org.betatron.data.source.RowSource;
import org.betatron.data.tokenizer.HuggingFaceTokenizer;
import org.betatron.runs.model.ModelSource;
import org.betatron.runs.recipe.DataSection;
import org.jspecify.annotations.Nullable;

/// Pairs of rows, as a model reads them, with what it says of them written behind their columns.
///
/// @param source    of the model
/// @param tokenizer of that model, taken over
/// @param data      how rows are read
record PairRows(ModelSource source, HuggingFaceTokenizer tokenizer, DataSection<PreferenceFormat> data)
        implements AutoCloseable {

    /// Says something of pairs.
    @FunctionalInterface
    interface Scoring {

        /// @return values for each of the pairs, in their order
        List<@Nullable Object[]> values(List<TokenizedPair> pairs);
    }

    static PairRows open(ModelFiles model, DataSection<PreferenceFormat> data) {
        ModelSource source = new ModelSource(model.path());
        return new PairRows(source, source.openTokenizer(), data);
    }

    /// @throws org.betatron.data.DataException if a row cannot be used, or none is left
    TokenizedDataSet<TokenizedPair> read(RowSource rows) {
        return source.loader(tokenizer, data).pairs(rows, data.format());
    }

    /// @param size    number of values that rows get, the reason why they have none being the last
    /// @param scoring gives the others
    /// @return the rows of the chunk with these values, in the order of the chunk
    List<Row> with(RowChunk chunk, int size, Scoring scoring) {
        TokenizedDataSet<TokenizedPair> read = read(chunk.source());
        List<TokenizedPair> pairs = read.rows().stream()
                .filter(pair -> chunk.number(pair.place()) >= 0)
                .toList();
        Row[] rows = new Row[chunk.rows().size()];
        for (DroppedRow dropped : read.dropped()) {
            int number = chunk.number(dropped.place());
            rows[number] = chunk.without(number, size, dropped.why());
        }
        List<@Nullable Object[]> values = pairs.isEmpty() ? new ArrayList<>() : scoring.values(pairs);
        for (int i = 0; i < pairs.size(); i++) {
            int number = chunk.number(pairs.get(i).place());
            @Nullable Object[] all = new @Nullable Object[size];
            System.arraycopy(values.get(i), 0, all, 0, size - 1);
            rows[number] = chunk.with(number, all);
        }
        return List.of(rows);
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
