package org.betatron.data.transform;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.betatron.data.DataException;
import org.betatron.data.source.RowGap;

/// Which gap rows are divided by.
///
/// @param file    JSON lines of `{"id", "gap"}` for every row, chosen minus rejected before any
///     flip; empty for the gap of the data's own scores
/// @param measure what counts of it
public record GapCriterion(String file, Measure measure) {

    /// Absolute gaps of scores; ours.
    public static final GapCriterion DEFAULT = new GapCriterion("", Measure.ABSOLUTE);

    /// What counts of a gap.
    public enum Measure {
        /// How far apart the answers are, whichever is labelled as better.
        ABSOLUTE,
        /// Chosen minus rejected: a pair whose label contradicts its gap is lower than any other.
        SIGNED
    }

    /// @param path how messages call the transform that asks
    /// @return the same rows, each with the gap that it is divided by
    /// @throws DataException if a row has none, naming the first, or the file cannot be used
    List<TransformedRow> measure(List<TransformedRow> rows, String path) {
        Map<String, Double> gaps = file.isEmpty() ? Map.of() : RowGap.readAll(Path.of(file));
        List<TransformedRow> measured = new ArrayList<>(rows.size());
        for (TransformedRow row : rows) {
            OptionalDouble gap = file.isEmpty() ? row.scoreGap() : find(gaps, row.id());
            if (gap.isEmpty()) {
                throw new DataException(path + ": every row must have a gap but row '"
                        + row.id() + "' (" + row.place() + ") has none"
                        + (file.isEmpty()
                                ? ": its answers have no scores; name a file of gaps under sides.gap.file"
                                : " in " + file));
            }
            measured.add(row.withGap(gap));
        }
        return measured;
    }

    private static OptionalDouble find(Map<String, Double> gaps, String id) {
        Double gap = gaps.get(id);
        return gap == null ? OptionalDouble.empty() : OptionalDouble.of(gap);
    }

    /// @param row one that has been measured
    double valueOf(TransformedRow row) {
        double gap = row.gap().orElseThrow();
        return switch (measure) {
            case ABSOLUTE -> Math.abs(gap);
            case SIGNED -> row.isFlipped() ? -gap : gap;
        };
    }
}
