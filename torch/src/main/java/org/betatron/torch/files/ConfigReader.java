package org.betatron.torch.files;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import org.betatron.torch.error.ModelException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads settings of a Hugging Face `config.json` with messages that name file and key, and remembers which it was
/// asked for: what nobody asks for is not honoured, and can be named.
///
/// `null` counts as missing only where `transformers` takes it: a key with a fallback that is `null` is refused.
public final class ConfigReader {

    /// More layers or heads than any model has. A file that says more is damaged, and would be
    /// built until the memory is full.
    private static final int MOST_PARTS = 100_000;

    private final ObjectNode json;
    private final String where;
    private final Set<String> asked = new HashSet<>();
    private final Map<String, ConfigReader> nested = new HashMap<>();

    /// @param json  the parsed file
    /// @param where path of the file, for messages
    public ConfigReader(ObjectNode json, String where) {
        this.json = json;
        this.where = where;
    }

    /// @return path of the file, for messages
    public String where() {
        return where;
    }

    /// @return what the key holds, a missing node if it is not there
    public JsonNode value(String key) {
        asked.add(key);
        return json.path(key);
    }

    /// Counts a key as read if it says again what another key said.
    ///
    /// @param number what was read there
    public void readAgain(String key, double number) {
        JsonNode value = json.path(key);
        if (value.isNumber() && value.asDouble() == number) {
            asked.add(key);
        }
    }

    /// Counts those keys as read that say the same as in another object, which was read.
    public void readAgain(ConfigReader other) {
        json.properties().forEach(entry -> {
            JsonNode said = other.json.path(entry.getKey());
            if (said.isNumber()) {
                readAgain(entry.getKey(), said.asDouble());
            } else if (said.equals(entry.getValue())) {
                asked.add(entry.getKey());
            }
        });
    }

    /// @return whether somebody has asked for it
    public boolean wasAsked(String key) {
        return asked.contains(key);
    }

    /// @return settings with a value that nobody has asked for, by path, in the order of the alphabet
    public Set<String> unread() {
        Set<String> unread = new TreeSet<>();
        json.properties().forEach(entry -> {
            if (!asked.contains(entry.getKey()) && !entry.getValue().isNull()) {
                unread.add(entry.getKey());
            }
        });
        nested.forEach((key, reader) -> reader.unread().forEach(inner -> unread.add(key + "." + inner)));
        return unread;
    }

    public int integer(String key) {
        JsonNode value = value(key);
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.asInt() <= 0) {
            throw new ModelException(where + ": " + key + " must be a positive whole number but was " + shown(key));
        }
        return value.asInt();
    }

    /// @return how many of something there are, such as layers
    public int count(String key) {
        int count = integer(key);
        if (count > MOST_PARTS) {
            throw unsupported(key, "at most " + MOST_PARTS);
        }
        return count;
    }

    /// @return the fallback where the key is missing or null
    public int integer(String key, int fallback) {
        JsonNode value = value(key);
        return value.isMissingNode() || value.isNull() ? fallback : integer(key);
    }

    /// @return a number ≥ 0
    public double number(String key, double fallback) {
        return value(key).isMissingNode() ? fallback : number(key);
    }

    /// @return a number ≥ 0
    public double number(String key) {
        JsonNode value = value(key);
        if (!value.isNumber()) {
            throw new ModelException(where + ": " + key + " must be a number but was " + shown(key));
        }
        double number = value.isIntegralNumber() ? value.bigIntegerValue().doubleValue() : value.asDouble();
        if (!Double.isFinite(number) || number < 0) {
            throw new ModelException(
                    where + ": " + key + " must be a finite number that is not negative but was " + shown(key));
        }
        return number;
    }

    /// @return a number ≥ 0; empty where the key is missing or null
    public OptionalDouble optionalNumber(String key) {
        return has(key) ? OptionalDouble.of(number(key)) : OptionalDouble.empty();
    }

    public boolean flag(String key, boolean fallback) {
        JsonNode value = value(key);
        if (value.isMissingNode()) {
            return fallback;
        }
        if (!value.isBoolean()) {
            throw new ModelException(where + ": " + key + " must be true or false but was " + value);
        }
        return value.asBoolean();
    }

    /// @return the fallback where the key is missing or null, as in files of transformers 4
    public String text(String key, String fallback) {
        JsonNode value = value(key);
        if (value.isMissingNode() || value.isNull()) {
            return fallback;
        }
        if (!value.isString()) {
            throw new ModelException(where + ": " + key + " must be a text but was " + shown(key));
        }
        return value.asString();
    }

    /// @return the object under the key, an empty one if it is missing or null
    public ConfigReader object(String key) {
        JsonNode value = value(key);
        if (!value.isMissingNode() && !value.isNull() && !value.isObject()) {
            throw new ModelException(where + ": " + key + " must be an object but was " + shown(key));
        }
        return nested.computeIfAbsent(
                key,
                _ -> new ConfigReader(
                        value instanceof ObjectNode object ? object : json.objectNode(), where + ": " + key));
    }

    /// @return whether there is nothing in it
    public boolean isEmpty() {
        return json.isEmpty();
    }

    /// @return whether the model is one that classifies texts instead of writing them
    public boolean isSequenceClassification() {
        return value("architectures").path(0).asString("").endsWith("ForSequenceClassification");
    }

    /// @return classes that it tells apart; two where nothing is said, as in `transformers`
    public int numLabels() {
        JsonNode labels = value("id2label");
        return labels.isObject() ? labels.size() : integer("num_labels", 2);
    }

    public boolean has(String key) {
        asked.add(key);
        return json.hasNonNull(key);
    }

    /// Refuses a file that says one thing under the key that the family reads, and another under a
    /// key that it does not read: versions of `transformers` differ in which of them they follow.
    ///
    /// @param key  not read by the family
    /// @param read what holds instead
    public void requireIfThere(String key, double read) {
        if (has(key) && number(key) != read) {
            throw unsupported(key, "missing or " + plain(read) + ", which the other settings say,");
        }
    }

    /// Refuses settings that change what a model computes in a way that neither the family in
    /// `transformers` nor we follow, unless they are off.
    public void requireOff(List<String> keys) {
        for (String key : keys) {
            JsonNode value = value(key);
            boolean off = value.isMissingNode()
                    || value.isNull()
                    || (value.isBoolean() && !value.asBoolean())
                    || (value.isContainer() && value.isEmpty());
            if (!off) {
                throw unsupported(key, "missing or null, as the family has none,");
            }
        }
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

    private static String plain(double number) {
        return number == Math.rint(number) && Math.abs(number) < 1e15
                ? Long.toString((long) number)
                : Double.toString(number);
    }

    private String shown(String key) {
        String text = json.has(key) ? json.path(key).toString() : "missing";
        return text.length() > 80 ? text.substring(0, 80) + "…" : text;
    }
}
