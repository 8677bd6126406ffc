package org.betatron.data;

/// What a reader made of one row of a file.
///
/// @param <T> [PreferencePair], [TrainingText] or [LabelledAnswer]
public sealed interface ReadRow<T> {

    /// @param place where it was read
    /// @param row   the row as text
    record Kept<T>(RowPlace place, T row) implements ReadRow<T> {}

    /// @param row which row and why
    record Dropped<T>(DroppedRow row) implements ReadRow<T> {}
}
