package org.betatron.data.source;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.betatron.core.logprob.ResponseQuantity;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// The quantities of one preference pair, or of one labelled answer, as some program recorded them.
///
/// ```text
/// {"policyChosen", "policyRejected"}                                        always; of an answer one side only
/// {"chosenTokens", "rejectedTokens"}                                        where lengths are read
/// {"referenceChosen", "referenceRejected", ...}                             as objectives ask for them
/// {"chosenScore", "rejectedScore"}                                          where gaps of scores are asked for
/// {"policyMismatched", "referenceMismatched", "mismatchedTokens"}           for KTO
/// ```
///
/// Every [ResponseQuantity] has a field: its name in camel case, followed by the response.
///
/// @param id        the `id` field, else `file:line`
/// @param where     `file:line`
/// @param responses what is known of each response
/// @param scoreGap  chosen minus rejected score; empty where the row has none
public record LogProbRow(String id, String where, Map<Role, Response> responses, OptionalDouble scoreGap) {

    public LogProbRow {
        responses = Map.copyOf(responses);
    }

    /// The part that a response plays in its row.
    public enum Role {
        CHOSEN,
        REJECTED,
        MISMATCHED;

        private String capitalized() {
            return name().charAt(0) + name().substring(1).toLowerCase(Locale.ROOT);
        }
    }

    /// @param tokens scored tokens, at least 1; empty where the row does not say
    /// @param values the quantities that the row has
    public record Response(OptionalInt tokens, Map<ResponseQuantity, Double> values) {
        public Response {
            values = Map.copyOf(values);
        }
    }

    /// @return the field that holds a quantity of a response
    public static String field(ResponseQuantity quantity, Role role) {
        StringBuilder field = new StringBuilder();
        for (String word : quantity.name().toLowerCase(Locale.ROOT).split("_", -1)) {
            field.append(field.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
        }
        return field + role.capitalized();
    }

    /// Reads a whole file of JSON lines or one JSON list, plain or gzip.
    ///
    /// @throws org.betatron.data.DataException if the file or a row cannot be used, saying where
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
        Map<Role, Response> responses = new EnumMap<>(Role.class);
        boolean isPair = has(row, "policyChosen") == has(row, "policyRejected");
        for (Role role : Role.values()) {
            if ((isPair && role != Role.MISMATCHED) || has(row, field(ResponseQuantity.POLICY, role))) {
                responses.put(role, response(row, role));
            }
        }
        Double chosen = row.optionalNumber("/chosenScore");
        Double rejected = row.optionalNumber("/rejectedScore");
        return new LogProbRow(
                row.id(),
                row.place().toString(),
                responses,
                chosen == null || rejected == null ? OptionalDouble.empty() : OptionalDouble.of(chosen - rejected));
    }

    private static boolean has(JsonRow row, String field) {
        return !row.node().path(field).isMissingNode();
    }

    private static Response response(JsonRow row, Role role) {
        Map<ResponseQuantity, Double> values = new EnumMap<>(ResponseQuantity.class);
        for (ResponseQuantity quantity : ResponseQuantity.values()) {
            @Nullable
            Double value = quantity == ResponseQuantity.POLICY
                    ? Double.valueOf(row.number(field(quantity, role)))
                    : row.optionalNumber("/" + field(quantity, role));
            if (value != null) {
                values.put(quantity, value);
            }
        }
        return new Response(count(row, role.name().toLowerCase(Locale.ROOT) + "Tokens"), values);
    }

    private static OptionalInt count(JsonRow row, String field) {
        JsonNode value = row.node().path(field);
        if (value.isMissingNode()) {
            return OptionalInt.empty();
        }
        if (!value.isIntegralNumber() || value.asInt() < 1) {
            throw row.error("\"" + field + "\" must be a whole number of at least 1 but was "
                    + (value.isNumber() ? value.toString() : JsonRow.kind(value)));
        }
        return OptionalInt.of(value.asInt());
    }
}
