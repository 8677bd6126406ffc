package org.betatron.data.layout;

import org.betatron.data.row.DroppedRow;
import org.betatron.data.row.RowPlace;

/// What a reader made of one row of a file.
///
/// @param <T> [org.betatron.data.row.PreferencePair], [org.betatron.data.row.TrainingText],
/// [org.betatron.data.row.LabelledAnswer] or [org.betatron.data.row.AskedRow]
public sealed interface ReadRow<T> {

    /// @param place where it was read
    /// @param row   the row as text
    /// @param left  what else its file says of it
    record Kept<T>(RowPlace place, T row, Leftover left) implements ReadRow<T> {

        /// A row of which everything was read.
        public Kept(RowPlace place, T row) {
            this(place, row, Leftover.NONE);
        }
    }

    /// @param row which row and why
    record Dropped<T>(DroppedRow row) implements ReadRow<T> {}

    /// A row that cannot be read.
    ///
    /// @param place where it stands
    /// @param id    its `id`, else `file:line`
    /// @param why   what is required and was found; without the place
    record Bad<T>(RowPlace place, String id, String why) implements ReadRow<T> {}
}
