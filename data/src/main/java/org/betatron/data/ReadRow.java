package org.betatron.data;

/// What a reader made of one row of a file.
///
/// @param <R> [PreferencePair] or [TrainingText]
public sealed interface ReadRow<R> {

    /// @return `file:line`
    String where();

    /// @param where `file:line`
    /// @param row   the row as text
    record Kept<R>(String where, R row) implements ReadRow<R> {}

    /// @param row which row and why
    record Dropped<R>(DroppedRow row) implements ReadRow<R> {
        @Override
        public String where() {
            return row.where();
        }
    }
}
