package org.betatron.training;

import java.util.List;
import org.betatron.data.row.RowOrder;
import org.betatron.data.row.TokenizedRow;

/// A list of rows that does not change: every row once in each pass over it.
///
/// @param rows  at least one
/// @param order which row comes when
public record FixedRows<R extends TokenizedRow, S>(List<? extends R> rows, BatchOrder order)
        implements RowSource<R, S> {

    public FixedRows {
        if (rows.isEmpty()) {
            throw new IllegalArgumentException("training data must have at least one row but had none");
        }
    }

    /// @param seed seed of the order, which is another one in every pass
    public static <R extends TokenizedRow, S> FixedRows<R, S> shuffled(List<? extends R> rows, long seed) {
        RowOrder order = new RowOrder(rows.size(), seed);
        return new FixedRows<>(rows, position -> order.rows(position, 1)[0]);
    }

    @Override
    public String key() {
        return RowLabels.digest(rows);
    }

    @Override
    public long totalSteps(TrainSpec spec) {
        return spec.totalSteps(rows.size());
    }

    /// Where a run ends within a batch, the last one is shorter.
    @Override
    public StepRows<R, S> draw(TrainSpec spec, long step, long position, S state) {
        long left = spec.length().totalRows(rows.size(), spec.batchSize()) - position;
        int[] drawn = new int[(int) Math.min(spec.batchSize(), left)];
        for (int i = 0; i < drawn.length; i++) {
            drawn[i] = order.row(position + i);
        }
        return new StepRows<>(rows, drawn, state);
    }
}
