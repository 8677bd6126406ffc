package org.betatron.data.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// How long the prompts, responses or rows of a data set are, in tokens.
///
/// @param count     number of lengths; all other numbers are 0 if there are none
/// @param min       shortest
/// @param mean      arithmetic mean
/// @param median    half of all are at most this long (nearest rank)
/// @param p90       90 % are at most this long
/// @param p99       99 % are at most this long
/// @param max       longest
/// @param histogram ranges of equal width in ascending order, empty ones included
public record LengthStatistics(
        int count, int min, double mean, int median, int p90, int p99, int max, List<Bucket> histogram) {

    private static final int MAX_BUCKETS = 12;
    private static final int BAR_WIDTH = 50;

    /// How many lengths are in a range.
    ///
    /// @param from  smallest length
    /// @param to    largest length, inclusive
    /// @param count how many
    public record Bucket(int from, int to, int count) {}

    public LengthStatistics {
        histogram = List.copyOf(histogram);
    }

    static LengthStatistics of(LengthCounts lengths) {
        int count = lengths.count();
        if (count == 0) {
            return new LengthStatistics(0, 0, 0, 0, 0, 0, 0, List.of());
        }
        int min = lengths.atRank(0);
        int max = lengths.atRank(count - 1);
        return new LengthStatistics(
                count,
                min,
                lengths.sum() / (double) count,
                lengths.atRank(rank(count, 0.5)),
                lengths.atRank(rank(count, 0.9)),
                lengths.atRank(rank(count, 0.99)),
                max,
                buckets(lengths, min, max));
    }

    /// @return index of the nearest rank among `count` sorted values
    static int rank(int count, double share) {
        return Math.max(0, (int) Math.ceil(share * count) - 1);
    }

    /// The smallest of 1, 2, 5, 10, 20, 50, ... that needs few enough buckets.
    private static int bucketWidth(int max) {
        int power = 1;
        while (true) {
            for (int step : new int[] {1, 2, 5}) {
                if (max / ((long) step * power) < MAX_BUCKETS) {
                    return step * power;
                }
            }
            power *= 10;
        }
    }

    private static List<Bucket> buckets(LengthCounts lengths, int min, int max) {
        int width = bucketWidth(max);
        List<Bucket> buckets = new ArrayList<>();
        for (int from = min / width * width; from <= max; from += width) {
            buckets.add(new Bucket(from, from + width - 1, lengths.between(from, from + width - 1)));
        }
        return buckets;
    }

    /// @return `min 3, median 80, ...` on one line
    public String summary() {
        return String.format(
                Locale.ROOT,
                "min %d, median %d, mean %.1f, 90 %% %d, 99 %% %d, max %d",
                min,
                median,
                mean,
                p90,
                p99,
                max);
    }

    /// @return the histogram for a terminal, a line per bucket, each ended by a line break
    public String histogramText() {
        int largest = histogram.stream().mapToInt(Bucket::count).max().orElse(1);
        int digits = String.valueOf(max).length();
        StringBuilder text = new StringBuilder();
        for (Bucket bucket : histogram) {
            // A bucket that is not empty shows at least one mark.
            int marks = (int) Math.ceil((double) bucket.count() * BAR_WIDTH / Math.max(1, largest));
            text.append(String.format(
                    Locale.ROOT,
                    "  %" + digits + "d - %-" + (digits + 1) + "d %s %d\n",
                    bucket.from(),
                    bucket.to(),
                    "█".repeat(marks),
                    bucket.count()));
        }
        return text.toString();
    }
}
