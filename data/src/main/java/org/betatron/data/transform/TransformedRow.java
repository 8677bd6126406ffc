package org.betatron.data.transform;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.betatron.data.LabelledRow;
import org.betatron.data.TransformedRowRecord;

/// A row on its way through transforms, with what was done to it so far.
///
/// @param row        as it is now
/// @param isFlipped  whether its label is the opposite of the file's
/// @param gap        chosen minus rejected before any flip: what it was last divided by, else the
///     gap of its scores
/// @param transforms what was done to it, in order
record TransformedRow<R extends LabelledRow<R>>(R row, boolean isFlipped, OptionalDouble gap, List<String> transforms) {

    TransformedRow {
        transforms = List.copyOf(transforms);
    }

    static <R extends LabelledRow<R>> TransformedRow<R> untouched(R row) {
        return new TransformedRow<>(row, false, row.scoreGap(), List.of());
    }

    /// @return the gap of its scores as they stand in the file
    OptionalDouble fileScoreGap() {
        return isFlipped ? row.flipped().scoreGap() : row.scoreGap();
    }

    TransformedRow<R> withGap(OptionalDouble measured) {
        return new TransformedRow<>(row, isFlipped, measured, transforms);
    }

    TransformedRow<R> flipped(String name) {
        return new TransformedRow<>(row.flipped(), !isFlipped, gap, with(name));
    }

    TransformedRow<R> selected(String name) {
        return new TransformedRow<>(row, isFlipped, gap, with(name));
    }

    private List<String> with(String name) {
        List<String> longer = new ArrayList<>(transforms);
        longer.add(name);
        return longer;
    }

    TransformedRowRecord asRecord() {
        return new TransformedRowRecord(row.place(), row.id(), transforms, gap.isPresent() ? gap.getAsDouble() : null);
    }
}
