package org.betatron.data.source;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What models say of every token of one answer that a policy wrote, as some program recorded it.
///
/// ```text
/// {"policy": [...]}                                       always: log-probs now, nats
/// {"old": [...]}                                          log-probs when it was written; those of now if absent
/// {"reference": [...], "entropy": [...], "value": [...]}  as methods ask for them
/// {"oldValue": [...]}                                     of the critic when it was written; those of now if absent
/// {"score": 1.5, "prompt": "...", "ended": false}         no score if absent or null; ended by itself if absent
/// ```
///
/// @param id     the `id` field, else `file:line`
/// @param where  `file:line`
/// @param prompt what it answers, the same text or number for answers to one prompt; empty where the row does not say
/// @param score  what it is worth; NaN where it has no score
/// @param ended  whether it ended by itself and was not cut at the most tokens
/// @param tokens number of them, at least 1
/// @param values of each token
public record AnswerRow(
        String id,
        String where,
        Optional<String> prompt,
        double score,
        boolean ended,
        int tokens,
        Map<Field, double[]> values) {

    public AnswerRow {
        values = Map.copyOf(values);
    }

    /// What is said of each token.
    public enum Field {
        POLICY("policy"),
        OLD("old"),
        REFERENCE("reference"),
        ENTROPY("entropy"),
        VALUE("value"),
        OLD_VALUE("oldValue");

        private final String field;

        Field(String field) {
            this.field = field;
        }

        /// @return what the file calls it
        public String field() {
            return field;
        }
    }

    /// Reads a whole file of JSON lines or one JSON list, plain or gzip.
    ///
    /// @throws org.betatron.data.DataException if the file or a row cannot be used, saying where
    public static List<AnswerRow> readAll(Path file) {
        try (JsonRows rows = JsonRows.open(file)) {
            List<AnswerRow> read = new ArrayList<>();
            while (rows.hasNext()) {
                read.add(of(rows.next()));
            }
            return read;
        }
    }

    private static AnswerRow of(JsonRow row) {
        if (!row.has(Field.POLICY.field())) {
            throw row.error("\"policy\" is missing: an answer has the log-probs of its tokens");
        }
        Map<Field, double[]> values = new EnumMap<>(Field.class);
        int tokens = row.use(Field.POLICY.field()).size();
        for (Field field : Field.values()) {
            if (row.has(field.field())) {
                values.put(field, numbers(row, field, tokens));
            }
        }
        @Nullable Double score = row.optionalNumber("/score");
        return new AnswerRow(
                row.id(),
                row.place().toString(),
                row.has("prompt") ? Optional.of(prompt(row)) : Optional.empty(),
                score == null ? Double.NaN : score,
                ended(row),
                tokens,
                values);
    }

    /// @param tokens how many there must be
    private static double[] numbers(JsonRow row, Field field, int tokens) {
        JsonNode list = row.use(field.field());
        boolean areNumbers = list.isArray()
                && !list.isEmpty()
                && list.valueStream().allMatch(value -> value.isNumber() && Double.isFinite(value.asDouble()));
        if (!areNumbers) {
            throw row.error("\"" + field.field() + "\" must be a list of finite numbers, one per token, but was "
                    + (list.isArray() ? list.toString() : JsonRow.kind(list)));
        }
        if (list.size() != tokens) {
            throw row.error(String.format(
                    Locale.ROOT,
                    "\"%s\" must have a number for each of the %d tokens of \"policy\" but had %d",
                    field.field(),
                    tokens,
                    list.size()));
        }
        return list.valueStream().mapToDouble(JsonNode::asDouble).toArray();
    }

    private static String prompt(JsonRow row) {
        JsonNode prompt = row.use("prompt");
        return prompt.isNumber() ? prompt.asString() : row.text(prompt, "\"prompt\"");
    }

    private static boolean ended(JsonRow row) {
        if (!row.has("ended")) {
            return true;
        }
        JsonNode ended = row.use("ended");
        if (!ended.isBoolean()) {
            throw row.error("\"ended\" must be true or false but was " + JsonRow.kind(ended));
        }
        return ended.asBoolean();
    }
}
