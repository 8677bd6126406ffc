package org.betatron.data.transform;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/// The rows of a data set by the size of their gaps.
///
/// @param low  in the order of the data set
/// @param high in the order of the data set
/// @param gap  what they were divided by, if by a gap
record Sides(List<TransformedRow> low, List<TransformedRow> high, Optional<GapCriterion> gap) {

    /// Of rows with equal gaps, neither files nor lines should decide which is low.
    private static final RowDraws TIES = new RowDraws(0, "ties");

    /// @param path how messages call the transform that asks
    /// @throws org.betatron.data.DataException if the gap of a row is asked for and not known
    static Sides divide(SidesSpec spec, List<TransformedRow> rows, String path) {
        return switch (spec) {
            case SidesSpec.Quantile quantile -> byRank(rows, quantile, path);
            case SidesSpec.Threshold threshold -> byValue(rows, threshold, path);
            case SidesSpec.Files files -> byFile(rows, files);
        };
    }

    List<TransformedRow> of(Side side) {
        return switch (side) {
            case LOW -> low;
            case HIGH -> high;
        };
    }

    private static Sides byRank(List<TransformedRow> rows, SidesSpec.Quantile spec, String path) {
        List<TransformedRow> measured = spec.gap().measure(rows, path);
        int n = measured.size();
        double[] gaps = measured.stream().mapToDouble(spec.gap()::valueOf).toArray();
        double[] ties =
                measured.stream().mapToDouble(row -> TIES.uniform(row.id())).toArray();
        int[] ranked = IntStream.range(0, n)
                .boxed()
                .sorted(Comparator.<Integer>comparingDouble(i -> gaps[i]).thenComparingDouble(i -> ties[i]))
                .mapToInt(Integer::intValue)
                .toArray();
        return new Sides(
                inOrder(measured, ranked, 0, spec.numLow(n)),
                inOrder(measured, ranked, n - spec.numHigh(n), n),
                Optional.of(spec.gap()));
    }

    private static <T> List<T> inOrder(List<T> rows, int[] ranked, int from, int to) {
        int[] indices = Arrays.copyOfRange(ranked, from, to);
        Arrays.sort(indices);
        List<T> chosen = new ArrayList<>(indices.length);
        for (int index : indices) {
            chosen.add(rows.get(index));
        }
        return chosen;
    }

    private static Sides byValue(List<TransformedRow> rows, SidesSpec.Threshold spec, String path) {
        List<TransformedRow> measured = spec.gap().measure(rows, path);
        return new Sides(
                where(measured, row -> spec.gap().valueOf(row) <= spec.low()),
                where(measured, row -> spec.gap().valueOf(row) > spec.high()),
                Optional.of(spec.gap()));
    }

    private static Sides byFile(List<TransformedRow> rows, SidesSpec.Files spec) {
        Set<Path> high = new HashSet<>();
        spec.high().forEach(file -> high.add(Path.of(file)));
        Predicate<TransformedRow> isHigh =
                row -> high.contains(Path.of(row.place().file()));
        return new Sides(where(rows, isHigh.negate()), where(rows, isHigh), Optional.empty());
    }

    private static <T> List<T> where(List<T> rows, Predicate<T> condition) {
        return rows.stream().filter(condition).toList();
    }

    /// @param rows some of a side
    /// @return the range of their gaps for a message, empty where they were not divided by gaps
    String gapText(List<TransformedRow> rows) {
        if (gap.isEmpty() || rows.isEmpty()) {
            return "";
        }
        double[] values = rows.stream().mapToDouble(gap.get()::valueOf).sorted().toArray();
        return String.format(Locale.ROOT, " with gaps %.4g to %.4g", values[0], values[values.length - 1]);
    }
}
