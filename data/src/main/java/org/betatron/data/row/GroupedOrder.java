package org.betatron.data.row;

import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// An order in which rows that are alike come together: in every epoch rows are shuffled, sorted by
/// a key, cut into batches, and the batches shuffled. A batch across the border of two keys has
/// rows of both; one that is shorter than the others comes last. Depends on seed and epoch alone.
/// Thread-safe.
public final class GroupedOrder {

    private final double[] keys;
    private final int batchSize;
    private final RowOrder shuffled;
    private final RowOrder batches;
    private volatile @Nullable Sorted latest;

    private record Sorted(int epoch, List<Integer> rows) {}

    /// @param keys      one of each row, at least one; finite
    /// @param batchSize rows of a batch, ≥ 1
    /// @param seed      any number
    public GroupedOrder(double[] keys, int batchSize, long seed) {
        this.keys = keys.clone();
        this.batchSize = batchSize;
        shuffled = new RowOrder(keys.length, seed);
        batches = new RowOrder(Math.max(1, keys.length / batchSize), new SplittableRandom(seed).nextLong());
    }

    /// @param position rows visited before, over all epochs, ≥ 0
    /// @return number of the next row
    public int row(long position) {
        int epoch = shuffled.epochAt(position);
        int within = (int) (position % keys.length);
        int batch = within / batchSize;
        int whole = keys.length / batchSize;
        long from = batch < whole ? batches.rows((long) epoch * batches.numRows() + batch, 1)[0] : batch;
        return sorted(epoch).rows.get((int) (from * batchSize + within % batchSize));
    }

    private Sorted sorted(int epoch) {
        Sorted sorted = latest;
        if (sorted == null || sorted.epoch != epoch) {
            // The sort is stable: rows of one key stay shuffled.
            List<Integer> rows = IntStream.of(shuffled.epoch(epoch))
                    .boxed()
                    .sorted(Comparator.comparingDouble(row -> keys[row]))
                    .toList();
            sorted = new Sorted(epoch, rows);
            latest = sorted;
        }
        return sorted;
    }
}
