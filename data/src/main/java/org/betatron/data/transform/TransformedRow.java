package org.betatron.data.transform;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.betatron.data.load.TransformedRowRecord;
import org.betatron.data.row.LabelledRow;
import org.betatron.data.row.RowPlace;

/// A row on its way through transforms, with what was done to it so far. Token ids stay where they
/// are.
///
/// @param index      number of the row before any transform
/// @param id         see [org.betatron.data.row.TokenizedRow#id]
/// @param place      where it was read
/// @param scoreGap   gap of its scores as they stand in the file
/// @param isFlipped  whether its label is the opposite of the file's
/// @param gap        chosen minus rejected before any flip: what it was last divided by, else the
///     gap of its scores
/// @param transforms what was done to it, in order
record TransformedRow(
        int index,
        String id,
        RowPlace place,
        OptionalDouble scoreGap,
        boolean isFlipped,
        OptionalDouble gap,
        List<String> transforms) {

    TransformedRow {
        transforms = List.copyOf(transforms);
    }

    static TransformedRow untouched(int index, LabelledRow<?> row) {
        return new TransformedRow(index, row.id(), row.place(), row.scoreGap(), false, row.scoreGap(), List.of());
    }

    TransformedRow withGap(OptionalDouble measured) {
        return new TransformedRow(index, id, place, scoreGap, isFlipped, measured, transforms);
    }

    TransformedRow flipped(String name) {
        return new TransformedRow(index, id, place, scoreGap, !isFlipped, gap, with(name));
    }

    TransformedRow selected(String name) {
        return new TransformedRow(index, id, place, scoreGap, isFlipped, gap, with(name));
    }

    private List<String> with(String name) {
        List<String> longer = new ArrayList<>(transforms);
        longer.add(name);
        return longer;
    }

    TransformedRowRecord asRecord() {
        return new TransformedRowRecord(place, id, transforms, gap.isPresent() ? gap.getAsDouble() : null);
    }
}
