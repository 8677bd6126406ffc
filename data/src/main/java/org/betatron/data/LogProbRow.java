package org.betatron.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// The summed log-probabilities of one preference pair as some program recorded them: `{"policyChosen",
/// "policyRejected", "referenceChosen", "referenceRejected", "chosenTokens", "rejectedTokens"}`.
///
/// @param id                the `id` field, else `file:line`
/// @param where             `file:line`
/// @param policyChosen      nats, as all four
/// @param policyRejected    of the rejected response
/// @param referenceChosen   null where the row has none
/// @param referenceRejected null where the row has none
/// @param chosenTokens      scored tokens, at least 1
/// @param rejectedTokens    scored tokens, at least 1
public record LogProbRow(
        String id,
        String where,
        double policyChosen,
        double policyRejected,
        @Nullable Double referenceChosen,
        @Nullable Double referenceRejected,
        int chosenTokens,
        int rejectedTokens) {

    /// Reads a whole file of JSON lines or one JSON list, plain or gzip.
    ///
    /// @throws DataException if the file or a row cannot be used, saying where
    public static List<LogProbRow> readAll(Path file) {
        try (JsonRows rows = JsonRows.open(file)) {
            List<LogProbRow> read = new ArrayList<>();
            while (rows.hasNext()) {
                read.add(of(rows.next()));
            }
            return read;
        }
    }

    private static LogProbRow of(JsonRow row) {
        return new LogProbRow(
                row.id(),
                row.place().toString(),
                row.number("policyChosen"),
                row.number("policyRejected"),
                row.optionalNumber("/referenceChosen"),
                row.optionalNumber("/referenceRejected"),
                count(row, "chosenTokens"),
                count(row, "rejectedTokens"));
    }

    private static int count(JsonRow row, String field) {
        JsonNode value = row.node().path(field);
        if (!value.isIntegralNumber() || value.asInt() < 1) {
            throw row.error("\"" + field + "\" must be a whole number of at least 1 but was "
                    + (value.isNumber() ? value.toString() : JsonRow.kind(value)));
        }
        return value.asInt();
    }
}
