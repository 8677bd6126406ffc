package org.betatron.training.run;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The state of a rule as a JSON object with a field for each component of a record. Numbers come back bit for bit;
/// the record's constructor refuses what is missing or out of range.
///
/// @param type  the record
/// @param start the state before the first step
public record RecordFormat<S>(Class<S> type, S start) implements StateFormat<S> {

    private static final JsonMapper JSON = new JsonMapper();

    @Override
    public JsonNode write(S state) {
        return JSON.valueToTree(state);
    }

    @Override
    public S read(JsonNode saved) {
        return JSON.treeToValue(saved, type);
    }
}
