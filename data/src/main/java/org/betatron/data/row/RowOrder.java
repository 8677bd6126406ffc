package org.betatron.data.row;

import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// The order in which rows are visited: a new shuffle per epoch that depends only on the seed and
/// the epoch, never on batch sizes, so a run can resume at any position. Thread-safe.
public final class RowOrder {

    private final int numRows;
    private final long seed;
    private volatile @Nullable Shuffle latest;

    /// @param numRows rows of the data set, at least 1
    /// @param seed    any number
    public RowOrder(int numRows, long seed) {
        if (numRows < 1) {
            throw new IllegalArgumentException("numRows must be at least 1 but was " + numRows);
        }
        this.numRows = numRows;
        this.seed = seed;
    }

    public int numRows() {
        return numRows;
    }

    /// @param epoch from 0
    /// @return every row number once, in the order of this epoch; a copy
    public int[] epoch(int epoch) {
        if (epoch < 0) {
            throw new IllegalArgumentException("epoch must be at least 0 but was " + epoch);
        }
        return shuffle(epoch).order.clone();
    }

    /// Continues from one epoch into the next where needed.
    ///
    /// @param position rows visited before, over all epochs, at least 0
    /// @param count    how many rows come next
    /// @return row numbers, `[count]`
    public int[] rows(long position, int count) {
        if (position < 0 || count < 0) {
            throw new IllegalArgumentException(
                    "position and count must be at least 0 but were " + position + " and " + count);
        }
        int[] rows = new int[count];
        for (int i = 0; i < count; i++) {
            rows[i] = shuffle(epochAt(position + i)).order[(int) ((position + i) % numRows)];
        }
        return rows;
    }

    /// @param position rows visited before, over all epochs
    /// @return the epoch of the next row, from 0
    public int epochAt(long position) {
        return Math.toIntExact(position / numRows);
    }

    private Shuffle shuffle(int epoch) {
        Shuffle shuffle = latest;
        if (shuffle == null || shuffle.epoch != epoch) {
            shuffle = new Shuffle(epoch, shuffled(numRows, new SplittableRandom(mix(seed, epoch))));
            latest = shuffle;
        }
        return shuffle;
    }

    /// Neighbouring seeds and epochs must not share a stream, hence the odd multipliers.
    private static long mix(long seed, int epoch) {
        return seed * 0x9E3779B97F4A7C15L + (epoch + 1L) * 0xBF58476D1CE4E5B9L;
    }

    /// @return 0 .. n - 1 in random order (Fisher and Yates)
    static int[] shuffled(int n, SplittableRandom random) {
        int[] order = new int[n];
        for (int i = 0; i < n; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    private static final class Shuffle {

        final int epoch;
        final int[] order;

        Shuffle(int epoch, int[] order) {
            this.epoch = epoch;
            this.order = order;
        }
    }
}
