package org.betatron.core;

import java.util.Arrays;

/// The order of the rows of a batch by a number, without an object per row.
public final class Ranking {

    private Ranking() {}

    /// @param values  number of each row, `[n]`; NaN is larger than any other
    /// @param weights weight of each row, `[n]`
    /// @return the rows of weight above zero by ascending value, of equal values those first that come first
    public static int[] ascending(double[] values, double[] weights) {
        double[] sorted = new double[values.length];
        int size = 0;
        for (int i = 0; i < values.length; i++) {
            if (weights[i] > 0) {
                sorted[size++] = values[i];
            }
        }
        Arrays.sort(sorted, 0, size);
        // How many rows stand already in the run of equal values that begins at a position.
        int[] taken = new int[size];
        int[] rows = new int[size];
        for (int i = 0; i < values.length; i++) {
            if (weights[i] > 0) {
                int first = firstOf(sorted, size, values[i]);
                rows[first + taken[first]++] = i;
            }
        }
        return rows;
    }

    /// @return the first position that holds the value, in the order of [Double#compare]
    private static int firstOf(double[] sorted, int size, double value) {
        int from = 0;
        int to = size - 1;
        while (from < to) {
            int middle = (from + to) >>> 1;
            if (Double.compare(sorted[middle], value) < 0) {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        return from;
    }
}
