package org.betatron.data.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.betatron.data.DataException;
import org.betatron.data.row.RowPlace;
import org.betatron.data.source.JsonLines;
import org.betatron.data.source.JsonRow;
import org.betatron.data.source.JsonRows;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What became of one training row before a run learned from it: a line of the run's
/// `transformed.jsonl`.
///
/// @param place      where the row stands in its file
/// @param id         see [org.betatron.data.row.TokenizedRow#id]
/// @param transforms what was done to it, in order, for example `mixture high`, `flip`
/// @param gap        chosen minus rejected as the data gives it, before any flip: what the row was
///     selected by, else the gap of its scores; null if unknown
public record TransformedRowRecord(
        RowPlace place,
        String id,
        List<String> transforms,
        @Nullable Double gap) {

    public TransformedRowRecord {
        transforms = List.copyOf(transforms);
    }

    /// Writes `{"file", "line", "id", "transforms", "gap"}` for every row, as JSON lines.
    ///
    /// @param file replaced if it exists
    /// @throws DataException if it cannot be written
    public static void writeAll(Path file, List<TransformedRowRecord> rows) {
        JsonLines.write(file, rows, TransformedRowRecord::json);
    }

    private ObjectNode json() {
        ObjectNode json = JsonLines.object();
        json.put("file", place.file()).put("line", place.line()).put("id", id);
        var names = json.putArray("transforms");
        transforms.forEach(names::add);
        if (gap != null) {
            json.put("gap", gap);
        }
        return json;
    }

    /// Reads what [#writeAll] wrote.
    ///
    /// @throws DataException if the file or a row cannot be used, saying where
    public static List<TransformedRowRecord> readAll(Path file) {
        if (isEmpty(file)) {
            return List.of();
        }
        try (JsonRows rows = JsonRows.open(file)) {
            List<TransformedRowRecord> read = new ArrayList<>();
            while (rows.hasNext()) {
                read.add(of(rows.next()));
            }
            return read;
        }
    }

    /// A transform may have touched no row.
    private static boolean isEmpty(Path file) {
        try {
            return Files.size(file) == 0;
        } catch (IOException e) {
            throw new DataException(file + ": cannot be read; only a run with transforms leaves such a file", e);
        }
    }

    private static TransformedRowRecord of(JsonRow row) {
        List<String> transforms = new ArrayList<>();
        for (JsonNode name : row.node().path("transforms")) {
            transforms.add(name.asString());
        }
        RowPlace place = new RowPlace(row.text("file"), (int) row.number("line"));
        return new TransformedRowRecord(place, row.text("id"), transforms, row.optionalNumber("/gap"));
    }
}
