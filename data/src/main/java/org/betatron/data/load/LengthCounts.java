package org.betatron.data.load;

import java.util.Arrays;

/// How often each length occurs: exact ranks in memory that depends on the longest length, not on
/// how many there are. Not thread-safe.
final class LengthCounts {

    private int[] counts = new int[64];
    private int count;
    private long sum;

    /// @param length ≥ 0
    void add(int length) {
        if (length >= counts.length) {
            counts = Arrays.copyOf(counts, Math.max(length + 1, 2 * counts.length));
        }
        counts[length]++;
        count++;
        sum += length;
    }

    int count() {
        return count;
    }

    long sum() {
        return sum;
    }

    /// @param rank from 0, below [#count]
    /// @return the length that stands there when all are sorted
    int atRank(int rank) {
        int length = 0;
        for (long seen = counts[0]; seen <= rank; seen += counts[length]) {
            length++;
        }
        return length;
    }

    /// @param to inclusive
    /// @return how many lengths there are
    int between(int from, int to) {
        int sum = 0;
        for (int length = from; length <= to && length < counts.length; length++) {
            sum += counts[length];
        }
        return sum;
    }
}
