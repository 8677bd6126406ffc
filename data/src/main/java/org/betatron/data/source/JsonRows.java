package org.betatron.data.source;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.betatron.data.DataException;
import org.jspecify.annotations.Nullable;

/// The objects of a JSON lines file or of a JSON file that holds one list, one at a time. Not
/// thread-safe; close it.
public final class JsonRows implements Iterator<JsonRow>, AutoCloseable {

    private final RawRows rows;
    private @Nullable JsonRow next;

    private JsonRows(RawRows rows) {
        this.rows = rows;
    }

    /// @throws DataException if the file cannot be read, has no row, or its first row is no JSON
    ///     object
    public static JsonRows open(Path path) {
        JsonRows rows = new JsonRows(RawRows.open(path));
        try {
            rows.next = rows.read();
            if (rows.next == null) {
                throw new DataException(path + ": has no rows");
            }
            return rows;
        } catch (RuntimeException e) {
            rows.close();
            throw e;
        }
    }

    /// @return the row that [#next] will return, which is there after opening
    public JsonRow first() {
        if (next == null) {
            throw new NoSuchElementException();
        }
        return next;
    }

    @Override
    public boolean hasNext() {
        return next != null;
    }

    @Override
    public JsonRow next() {
        JsonRow row = first();
        next = read();
        return row;
    }

    private @Nullable JsonRow read() {
        for (RawRow raw = rows.next(); raw != null; raw = rows.next()) {
            JsonRow row = raw.parse();
            if (row != null) {
                return row;
            }
        }
        return null;
    }

    @Override
    public void close() {
        rows.close();
    }
}
