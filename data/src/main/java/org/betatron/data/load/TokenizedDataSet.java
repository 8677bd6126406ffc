package org.betatron.data.load;

import java.nio.file.Path;
import java.util.List;
import org.betatron.data.row.DroppedRow;
import org.betatron.data.row.TokenizedRow;
import org.betatron.data.source.JsonLines;

/// Rows ready for training, the rows that were left out, and a report of both. Ids are unique.
///
/// The lists are views of temporary files: every access makes a new row, and a copy of a list
/// would put all of them on the heap.
///
/// @param rows    in the order of the files, unmodifiable
/// @param dropped in the order of the files, unmodifiable
/// @param report  counts and lengths
/// @param <R>     [org.betatron.data.row.TokenizedPair], [org.betatron.data.row.TokenizedText] or
/// [org.betatron.data.row.TokenizedAnswer]
public record TokenizedDataSet<R extends TokenizedRow>(List<R> rows, List<DroppedRow> dropped, DatasetReport report) {

    /// Writes `{"id", "where", "reason"}` for every row that was left out, as JSON lines.
    ///
    /// @param file replaced if it exists
    /// @throws org.betatron.data.DataException if it cannot be written
    public void writeDropped(Path file) {
        JsonLines.write(
                file,
                dropped,
                row -> JsonLines.object()
                        .put("id", row.id())
                        .put("where", row.place().toString())
                        .put("reason", row.why()));
    }
}
