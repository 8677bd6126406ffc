package org.betatron.data;

import java.nio.file.Path;
import java.util.List;

/// Rows ready for training, the rows that were left out, and a report of both. Ids are unique.
///
/// @param rows    in the order of the files
/// @param dropped in the order of the files
/// @param report  counts and lengths
/// @param <R>     [TokenizedPair], [TokenizedText] or [TokenizedAnswer]
public record TokenizedDataSet<R extends TokenizedRow>(List<R> rows, List<DroppedRow> dropped, DatasetReport report) {

    public TokenizedDataSet {
        rows = List.copyOf(rows);
        dropped = List.copyOf(dropped);
    }

    /// Writes `{"id", "where", "reason"}` for every row that was left out, as JSON lines.
    ///
    /// @param file replaced if it exists
    /// @throws DataException if it cannot be written
    public void writeDropped(Path file) {
        JsonLines.write(
                file,
                dropped,
                row -> JsonLines.object()
                        .put("id", row.id())
                        .put("where", row.place().toString())
                        .put("reason", row.reason().text()));
    }
}
