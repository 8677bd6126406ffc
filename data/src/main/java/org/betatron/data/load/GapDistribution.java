package org.betatron.data.load;

import java.util.Arrays;
import java.util.Locale;

/// How gaps of pairs are distributed.
///
/// @param count       number of gaps; all other numbers are 0 if there are none
/// @param numNegative gaps below 0: the label contradicts the scores
/// @param numZero     gaps of exactly 0
/// @param min         smallest
/// @param p10         10 % are at most this (nearest rank), and so on
/// @param median      half of all are at most this
/// @param mean        arithmetic mean
/// @param p90         90 % are at most this
/// @param max         largest
public record GapDistribution(
        int count,
        int numNegative,
        int numZero,
        double min,
        double p10,
        double median,
        double mean,
        double p90,
        double max) {

    /// @param gaps finite numbers, not changed
    public static GapDistribution of(double[] gaps) {
        int n = gaps.length;
        if (n == 0) {
            return new GapDistribution(0, 0, 0, 0, 0, 0, 0, 0, 0);
        }
        double[] sorted = gaps.clone();
        Arrays.sort(sorted);
        return new GapDistribution(
                n,
                (int) Arrays.stream(sorted).filter(gap -> gap < 0).count(),
                (int) Arrays.stream(sorted).filter(gap -> gap == 0).count(),
                sorted[0],
                sorted[LengthStatistics.rank(n, 0.1)],
                sorted[LengthStatistics.rank(n, 0.5)],
                Arrays.stream(sorted).map(gap -> gap / n).sum(),
                sorted[LengthStatistics.rank(n, 0.9)],
                sorted[n - 1]);
    }

    /// @return `min -2, 10 % 0.5, ...` on one line
    public String summary() {
        return String.format(
                Locale.ROOT,
                "min %.4g, 10 %% %.4g, median %.4g, mean %.4g, 90 %% %.4g, max %.4g; %d negative, %d zero",
                min,
                p10,
                median,
                mean,
                p90,
                max,
                numNegative,
                numZero);
    }
}
