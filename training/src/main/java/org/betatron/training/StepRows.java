package org.betatron.training;

import java.util.List;
import java.util.stream.IntStream;
import org.betatron.data.packing.Packing;
import org.betatron.data.packing.RowBatch;
import org.betatron.data.row.TokenizedRow;

/// The rows of one step, as their source drew them.
///
/// Immutable as long as nobody writes into the array that was given.
public final class StepRows<R extends TokenizedRow, S> {

    private final List<? extends R> data;
    private final int[] rows;
    private final S state;

    /// @param data  the list that rows are numbered in
    /// @param rows  numbers of the step's rows in it, at least one; kept, not copied
    /// @param state what the draw leaves
    public StepRows(List<? extends R> data, int[] rows, S state) {
        this.data = data;
        this.rows = rows;
        this.state = state;
    }

    /// @param made every one of them is a row of the step
    public static <R extends TokenizedRow, S> StepRows<R, S> all(List<? extends R> made, S state) {
        return new StepRows<>(made, IntStream.range(0, made.size()).toArray(), state);
    }

    public List<? extends R> data() {
        return data;
    }

    public S state() {
        return state;
    }

    RowBatch packed(Packing packing) {
        return RowBatch.of(data, rows, packing);
    }
}
