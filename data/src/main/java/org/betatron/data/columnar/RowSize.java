package org.betatron.data.columnar;

import org.betatron.data.DataException;

/// How large a row becomes, which a few bytes of a file can make huge: a list of a million times
/// the same entry of a dictionary.
final class RowSize {

    /// As for a line of JSON, and some more for what a line does not have; ours.
    private static final long MAX_BYTES = 1 << 26;

    /// What any value takes.
    private static final int VALUE_BYTES = 8;

    private long bytes;

    /// A new row begins.
    void reset() {
        bytes = 0;
    }

    /// @param values     how many more
    /// @param valueBytes of each, about; 0 for those that are only numbers
    /// @throws DataException if the row is larger than any row should be
    void add(long values, long valueBytes) {
        if (values > MAX_BYTES || valueBytes > MAX_BYTES) {
            throw tooLarge();
        }
        bytes += values * (VALUE_BYTES + valueBytes);
        if (bytes > MAX_BYTES) {
            throw tooLarge();
        }
    }

    private static DataException tooLarge() {
        return new DataException("a row must have at most " + (MAX_BYTES >> 20) + " MiB");
    }

    /// @return bytes of the row so far, about
    int bytes() {
        return (int) bytes;
    }
}
