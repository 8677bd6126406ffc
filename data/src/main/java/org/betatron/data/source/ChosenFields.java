package org.betatron.data.source;

import java.util.Set;
import org.betatron.data.row.RowPlace;
import org.jspecify.annotations.Nullable;

/// Rows of JSON of which some fields are read, as if the file had no others.
///
/// @param rows  taken over
/// @param names of the outermost fields
record ChosenFields(RawRows rows, Set<String> names) implements RawRows {

    @Override
    public @Nullable RawRow next() {
        RawRow row = rows.next();
        return row == null ? null : new Chosen(row, names);
    }

    @Override
    public void close() {
        rows.close();
    }

    /// @param row   whole
    /// @param names of the fields to read
    record Chosen(RawRow row, Set<String> names) implements RawRow {

        @Override
        public int numBytes() {
            return row.numBytes();
        }

        @Override
        public RowPlace place() {
            return row.place();
        }

        @Override
        public @Nullable JsonRow parse() {
            JsonRow whole = row.parse();
            return whole == null ? null : whole.only(names);
        }
    }
}
