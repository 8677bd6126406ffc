package org.betatron.data.source;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// The gap of one pair as some program measured it: `{"id", "gap"}`, a line of a file of gaps.
/// Other fields are passed over.
public final class RowGap {

    private RowGap() {}

    /// Reads a whole file of JSON lines or one JSON list, plain or gzip.
    ///
    /// @return gaps by id, chosen minus rejected, in the order of the file
    /// @throws org.betatron.data.DataException if the file or a row cannot be used, or an id occurs twice, saying
    ///     where
    public static Map<String, Double> readAll(Path file) {
        try (JsonRows rows = JsonRows.open(file)) {
            Map<String, Double> gaps = new LinkedHashMap<>();
            while (rows.hasNext()) {
                JsonRow row = rows.next();
                if (!row.has("id")) {
                    throw row.error("a row of a file of gaps must have an \"id\"");
                }
                if (gaps.putIfAbsent(row.id(), row.number("gap")) != null) {
                    throw row.error("\"id\" must occur once but \"" + row.id() + "\" stands above as well");
                }
            }
            return gaps;
        }
    }
}
