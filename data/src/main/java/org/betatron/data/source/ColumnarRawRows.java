package org.betatron.data.source;

import java.nio.file.Path;
import java.util.Set;
import org.betatron.data.DataException;
import org.betatron.data.columnar.ColumnarRows;
import org.betatron.data.row.RowPlace;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// Rows of a file that keeps values by column. Their place is their number, from 1.
final class ColumnarRawRows implements RawRows {

    private final Path file;
    private final ColumnarRows rows;
    private int number;

    /// @param rows taken over
    ColumnarRawRows(Path file, ColumnarRows rows) {
        this.file = file;
        this.rows = rows;
    }

    @Override
    public @Nullable RawRow next() {
        ObjectNode row = rows.next();
        if (row == null) {
            return null;
        }
        if (number == Integer.MAX_VALUE) {
            throw new DataException(file + ": must have at most " + number + " rows");
        }
        number++;
        return new RawRow.Listed(new RowPlace(file.toString(), number), new JsonTree(row, Set.of()), rows.rowBytes());
    }

    @Override
    public void close() {
        rows.close();
    }
}
