package org.betatron.torch.files;

import org.betatron.torch.error.ModelException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads settings of a Hugging Face `config.json` with messages that name file and key.
///
/// @param json  the parsed file
/// @param where path of the file, for messages
public record ConfigReader(ObjectNode json, String where) {

    public int integer(String key) {
        JsonNode value = json.path(key);
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.asInt() <= 0) {
            throw new ModelException(where + ": " + key + " must be a positive whole number but was " + shown(key));
        }
        return value.asInt();
    }

    public int integer(String key, int fallback) {
        JsonNode value = json.path(key);
        return value.isMissingNode() || value.isNull() ? fallback : integer(key);
    }

    public double number(String key, double fallback) {
        JsonNode value = json.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return fallback;
        }
        if (!value.isNumber()) {
            throw new ModelException(where + ": " + key + " must be a number but was " + value);
        }
        return value.asDouble();
    }

    public boolean flag(String key, boolean fallback) {
        JsonNode value = json.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return fallback;
        }
        if (!value.isBoolean()) {
            throw new ModelException(where + ": " + key + " must be true or false but was " + value);
        }
        return value.asBoolean();
    }

    public String text(String key, String fallback) {
        return json.path(key).asString(fallback);
    }

    /// @return the object under the key, an empty one if it is missing
    public ConfigReader object(String key) {
        return json.path(key) instanceof ObjectNode object
                ? new ConfigReader(object, where + ": " + key)
                : new ConfigReader(json.objectNode(), where + ": " + key);
    }

    /// @return whether the model is one that classifies texts instead of writing them
    public boolean isSequenceClassification() {
        return json.path("architectures").path(0).asString("").endsWith("ForSequenceClassification");
    }

    /// @return classes that it tells apart; two where nothing is said, as in `transformers`
    public int numLabels() {
        return json.has("id2label")
                ? json.path("id2label").size()
                : json.path("num_labels").asInt(2);
    }

    public boolean has(String key) {
        return json.hasNonNull(key);
    }

    /// @return whether a number is given, and a switch beside it does not turn it off
    public boolean isOn(String key, String switchKey) {
        return has(key) && flag(switchKey, true);
    }

    public void requireMultiple(String key, int value, String divisorKey, int divisor) {
        if (value % divisor != 0) {
            throw new ModelException(where + ": " + key + " must be a multiple of " + divisorKey + " but was " + value
                    + " for " + divisor);
        }
    }

    public ModelException unsupported(String key, String supported) {
        return new ModelException(where + ": " + key + " must be " + supported + " but was " + shown(key));
    }

    private String shown(String key) {
        return json.has(key) ? json.path(key).toString() : "missing";
    }
}
