package org.betatron.data.row;

import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;

/// Which rows of a data set are kept from training, to measure on. Deterministic.
public sealed interface HeldOut {

    /// @param numRows size of the data set
    /// @return the rows to hold out
    /// @throws IllegalArgumentException if no row would be left on one side
    BitSet of(int numRows);

    /// The last rows of the data set.
    ///
    /// @param count how many, at least 1
    record Last(int count) implements HeldOut {
        public Last {
            requirePositive("count", count);
        }

        @Override
        public BitSet of(int numRows) {
            requireFewer(count, numRows);
            BitSet rows = new BitSet(numRows);
            rows.set(numRows - count, numRows);
            return rows;
        }
    }

    /// Every so many rows one: of every 10, the tenth.
    ///
    /// @param interval at least 2
    record Every(int interval) implements HeldOut {
        public Every {
            if (interval < 2) {
                throw new IllegalArgumentException("interval must be at least 2 but was " + interval);
            }
        }

        @Override
        public BitSet of(int numRows) {
            if (numRows < interval) {
                throw new IllegalArgumentException(
                        "interval must be at most the number of rows (" + numRows + ") but was " + interval);
            }
            BitSet rows = new BitSet(numRows);
            for (int row = interval - 1; row < numRows; row += interval) {
                rows.set(row);
            }
            return rows;
        }
    }

    /// Rows drawn at random.
    ///
    /// @param count how many, at least 1
    /// @param seed  any number
    record Random(int count, long seed) implements HeldOut {
        public Random {
            requirePositive("count", count);
        }

        @Override
        public BitSet of(int numRows) {
            requireFewer(count, numRows);
            BitSet rows = new BitSet(numRows);
            int[] order = RowOrder.shuffled(numRows, new SplittableRandom(seed));
            for (int i = 0; i < count; i++) {
                rows.set(order[i]);
            }
            return rows;
        }
    }

    /// Splits rows; both sides are views that keep their order. Rows that share a prompt may end up on both sides.
    ///
    /// @throws IllegalArgumentException if no row would be left on one side
    default <R> Split<R> split(List<R> rows) {
        BitSet heldOut = of(rows.size());
        List<R> evaluation = new SelectedRows<>(rows, heldOut);
        heldOut.flip(0, rows.size());
        return new Split<>(new SelectedRows<>(rows, heldOut), evaluation);
    }

    /// Both sides of a data set.
    ///
    /// @param training   rows to learn from, unmodifiable
    /// @param evaluation rows to measure on, unmodifiable
    record Split<R>(List<R> training, List<R> evaluation) {}

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1 but was " + value);
        }
    }

    private static void requireFewer(int count, int numRows) {
        if (count >= numRows) {
            throw new IllegalArgumentException(
                    "count must be less than the number of rows (" + numRows + ") but was " + count);
        }
    }
}
