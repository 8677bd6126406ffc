package org.betatron.runs.recipe;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.betatron.data.DataException;
import org.betatron.data.row.GroupedOrder;
import org.betatron.data.row.LabelledRow;
import org.betatron.training.BatchOrder;
import org.betatron.training.FixedRows;
import org.betatron.training.TrainSpec;

/// Which rows come together in a batch (`data.batches`).
public enum BatchGrouping {

    /// Any: every pass over the data is shuffled. Batches then differ as much as chance makes them.
    SHUFFLED,

    /// Rows of one file.
    BY_SOURCE,

    /// Pairs whose explicit scores differ as much.
    BY_GAP;

    /// @param rows training rows, at least one
    /// @param <R>  their kind
    /// @param <S>  what training remembers
    /// @return the rows in their order
    /// @throws DataException if rows have no scores and are to be grouped by them
    public <R extends LabelledRow<?>, S> FixedRows<R, S> order(List<? extends R> rows, TrainSpec train) {
        return switch (this) {
            case SHUFFLED -> FixedRows.shuffled(rows, train.seed());
            case BY_SOURCE -> {
                Map<String, Integer> files = new LinkedHashMap<>();
                rows.forEach(row -> files.putIfAbsent(row.place().file(), files.size()));
                yield grouped(
                        rows,
                        rows.stream()
                                .mapToDouble(
                                        row -> files.getOrDefault(row.place().file(), 0))
                                .toArray(),
                        train);
            }
            case BY_GAP ->
                grouped(
                        rows,
                        rows.stream()
                                .mapToDouble(row -> row.scoreGap()
                                        .orElseThrow(() -> new DataException(row.place()
                                                + ": has no scores of both answers, by which data.batches=by-gap"
                                                + " would group it")))
                                .toArray(),
                        train);
        };
    }

    private static <R extends LabelledRow<?>, S> FixedRows<R, S> grouped(
            List<? extends R> rows, double[] keys, TrainSpec train) {
        GroupedOrder order = new GroupedOrder(keys, train.batchSize(), train.seed());
        BatchOrder byGroup = order::row;
        return new FixedRows<>(rows, byGroup);
    }
}
