package org.betatron.data.source;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Set;
import org.betatron.data.DataException;
import org.jspecify.annotations.Nullable;

/// The objects of a file that [RawRows] opens, one at a time. Not
/// thread-safe; close it.
public final class JsonRows implements Iterator<JsonRow>, AutoCloseable {

    private final RawRows rows;
    private final boolean passesOver;
    private @Nullable JsonRow next;

    private JsonRows(RawRows rows, boolean passesOver) {
        this.rows = rows;
        this.passesOver = passesOver;
    }

    /// @throws DataException if the file cannot be read, has no row, or its first row is no JSON
    ///     object
    public static JsonRows open(Path path) {
        return open(path, false);
    }

    /// Opens a file again whose rows were read before: what is no JSON object was told then, and is passed over.
    ///
    /// @throws DataException if the file cannot be read, or has no row
    public static JsonRows openAgain(Path path) {
        return open(path, true);
    }

    private static JsonRows open(Path path, boolean passesOver) {
        JsonRows rows = new JsonRows(RawRows.open(path, Set.of()), passesOver);
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
            JsonRow row = parse(raw);
            if (row != null) {
                return row;
            }
        }
        return null;
    }

    private @Nullable JsonRow parse(RawRow raw) {
        try {
            return raw.parse();
        } catch (DataException e) {
            if (passesOver) {
                return null;
            }
            throw e;
        }
    }

    @Override
    public void close() {
        rows.close();
    }
}
