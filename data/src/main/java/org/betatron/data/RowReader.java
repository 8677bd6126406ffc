package org.betatron.data;

import java.util.Iterator;
import java.util.function.Function;

/// Rows of one file, one at a time, in the order of the file. Not thread-safe; close it.
///
/// @param <R> [PreferencePair] or [TrainingText]
public final class RowReader<R> implements Iterator<ReadRow<R>>, AutoCloseable {

    private final JsonRows rows;
    private final Function<JsonRow, ReadRow<R>> parser;
    private final String format;

    RowReader(JsonRows rows, Function<JsonRow, ReadRow<R>> parser, String format) {
        this.rows = rows;
        this.parser = parser;
        this.format = format;
    }

    /// @return name of the format, as given or as detected
    public String format() {
        return format;
    }

    @Override
    public boolean hasNext() {
        return rows.hasNext();
    }

    /// @throws DataException if the row does not have the format of the file
    @Override
    public ReadRow<R> next() {
        return parser.apply(rows.next());
    }

    @Override
    public void close() {
        rows.close();
    }
}
