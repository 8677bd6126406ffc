package org.betatron.data;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// Rows ready for training, the rows that were left out, and a report of both. Ids are unique.
///
/// @param rows    in the order of the files
/// @param dropped in the order of the files
/// @param report  counts and lengths
/// @param <R>     [TokenizedPair], [TokenizedText] or [TokenizedAnswer]
public record TokenizedDataSet<R extends TokenizedRow>(List<R> rows, List<DroppedRow> dropped, DatasetReport report) {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    public TokenizedDataSet {
        rows = List.copyOf(rows);
        dropped = List.copyOf(dropped);
    }

    /// Writes `{"id", "where", "reason"}` for every row that was left out, as JSON lines.
    ///
    /// @param file replaced if it exists
    /// @throws DataException if it cannot be written
    public void writeDropped(Path file) {
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (DroppedRow row : dropped) {
                Map<String, String> fields = new LinkedHashMap<>();
                fields.put("id", row.id());
                fields.put("where", row.place().toString());
                fields.put("reason", row.reason().text());
                out.write(JSON.writeValueAsString(fields));
                out.write('\n');
            }
        } catch (IOException e) {
            throw new DataException(file + ": cannot be written: " + e.getMessage(), e);
        }
    }
}
