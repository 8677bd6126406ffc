package org.betatron.data.source;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.betatron.data.DataException;
import org.betatron.data.columnar.ColumnarRows;
import org.jspecify.annotations.Nullable;

/// The rows of one file, one at a time and not yet understood. Not thread-safe; close it.
public interface RawRows extends AutoCloseable {

    /// Opens JSON lines, a JSON list, Parquet or Arrow, told from each other by their first bytes.
    ///
    /// @param path    possibly compressed, if it is JSON
    /// @param columns names of the outermost fields to read; empty for all
    /// @return its rows, to be closed by the caller
    /// @throws DataException if the file cannot be read or is empty, or has columns and lacks one
    ///     of these
    static RawRows open(Path path, Set<String> columns) {
        Optional<ColumnarRows> columnar = ColumnarRows.open(path, columns);
        if (columnar.isPresent()) {
            return new ColumnarRawRows(path, columnar.get());
        }
        RawRows rows = JsonRawRows.open(path);
        return columns.isEmpty() ? rows : new ChosenFields(rows, columns);
    }

    /// @return the next row, blank lines included; null after the last
    /// @throws DataException if the file cannot be read any further, saying where
    @Nullable
    RawRow next();

    /// Closes the file.
    @Override
    void close();
}
