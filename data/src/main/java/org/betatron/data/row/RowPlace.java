package org.betatron.data.row;

/// Where a row stands. Stable as long as the file is.
///
/// @param file the file as it was named to the reader; empty for a row that was made in memory
/// @param line line on which the row begins, from 1; 0 for a row that was made in memory
public record RowPlace(String file, int line) {

    /// Of rows that come from no file.
    public static final RowPlace NOWHERE = new RowPlace("", 0);

    /// @return `file:line`
    @Override
    public String toString() {
        return file + ":" + line;
    }
}
