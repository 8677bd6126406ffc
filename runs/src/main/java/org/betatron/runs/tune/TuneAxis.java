package org.betatron.runs.tune;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// A recipe key, and the values that are tried.
///
/// @param key    path in the recipe
/// @param values as YAML, at least one
public record TuneAxis(String key, List<String> values) {

    private static final YAMLMapper YAML = new YAMLMapper();

    public TuneAxis {
        values = List.copyOf(values);
        if (values.stream().distinct().count() < values.size()) {
            throw new IllegalArgumentException(
                    "--vary " + key + ": a value may be given once, but they are " + String.join(", ", values));
        }
    }

    /// @param text `path.to.key=value,value,...`, each value as in a recipe
    /// @throws IllegalArgumentException if it is something else
    public static TuneAxis parse(String text) {
        int equals = text.indexOf('=');
        if (equals <= 0) {
            throw new IllegalArgumentException("--vary " + text + ": must have the form path.to.key=value,value,...");
        }
        String key = text.substring(0, equals).strip();
        List<String> values = new ArrayList<>();
        try {
            for (JsonNode value : YAML.readTree("[" + text.substring(equals + 1) + "]")) {
                values.add(isPlain(value) ? value.asString() : value.toString());
            }
        } catch (JacksonException e) {
            throw new IllegalArgumentException(
                    "--vary " + text + ": the values are not valid YAML: "
                            + e.getOriginalMessage().lines().findFirst().orElse(""),
                    e);
        }
        if (values.isEmpty()) {
            throw new IllegalArgumentException("--vary " + text + ": must have a value at least");
        }
        return new TuneAxis(key, values);
    }

    /// @return whether it is a text that means the same without quotes
    private static boolean isPlain(JsonNode value) {
        return value.isString()
                && value.asString().matches("[A-Za-z0-9_.+/-]+")
                && YAML.readTree(value.asString()).equals(value);
    }

    /// @return whether values are numbers
    boolean isNumeric() {
        return values.stream().allMatch(value -> value.matches("[+-]?[0-9.]+([eE][+-]?[0-9]+)?"));
    }

    /// @return whether one of the keys is the other, or lies in it
    boolean overlaps(TuneAxis other) {
        return (key + ".").startsWith(other.key + ".") || (other.key + ".").startsWith(key + ".");
    }
}
