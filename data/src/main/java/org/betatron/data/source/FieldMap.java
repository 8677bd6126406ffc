package org.betatron.data.source;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.MissingNode;

/// Under which paths a file has the fields of a layout: `prompt` may be its `info.post`.
///
/// A path is a field's name, or names of fields within each other: `info.post`, `turns[0].text`;
/// `answers[].text` is the list of the texts of all elements of `answers`.
///
/// @param paths by the field that a layout asks for; fields that are absent stand under their own
///     name
public record FieldMap(Map<String, String> paths) implements Serializable {

    /// Every field under its own name.
    public static final FieldMap NONE = new FieldMap(Map.of());

    public FieldMap {
        paths = Map.copyOf(paths);
    }

    /// @param further whose paths are looked up in this map
    FieldMap with(FieldMap further) {
        if (further.paths.isEmpty()) {
            return this;
        }
        Map<String, String> both = new LinkedHashMap<>(paths);
        further.paths.forEach((field, path) -> both.putIfAbsent(field, path(path)));
        return new FieldMap(both);
    }

    boolean has(String field) {
        return paths.containsKey(field);
    }

    String path(String field) {
        return paths.getOrDefault(field, field);
    }

    /// @return name of the outermost field that a field is found in
    String outermost(String field, JsonNode row) {
        String path = path(field);
        if (row.has(path)) {
            return path;
        }
        int end = 0;
        while (end < path.length() && path.charAt(end) != '.' && path.charAt(end) != '[') {
            end++;
        }
        return path.substring(0, end);
    }

    /// @return the field's value, missing where there is none
    JsonNode find(String field, JsonNode row) {
        String path = path(field);
        return row.has(path) ? row.path(path) : find(row, path);
    }

    private static JsonNode find(JsonNode from, String path) {
        if (path.isEmpty()) {
            return from;
        }
        if (path.startsWith("[]")) {
            return ofAll(from, path.substring(2));
        }
        if (path.startsWith("[")) {
            int close = path.indexOf(']');
            String index = close < 0 ? "" : path.substring(1, close);
            return index.matches("[0-9]{1,9}")
                    ? find(from.path(Integer.parseInt(index)), path.substring(close + 1))
                    : MissingNode.getInstance();
        }
        String rest = path.startsWith(".") ? path.substring(1) : path;
        int end = 0;
        while (end < rest.length() && rest.charAt(end) != '.' && rest.charAt(end) != '[') {
            end++;
        }
        return end == 0 ? MissingNode.getInstance() : find(from.path(rest.substring(0, end)), rest.substring(end));
    }

    private static JsonNode ofAll(JsonNode list, String path) {
        if (!list.isArray()) {
            return MissingNode.getInstance();
        }
        ArrayNode found = JsonNodeFactory.instance.arrayNode();
        for (JsonNode element : list) {
            JsonNode value = find(element, path);
            found.add(value.isMissingNode() ? JsonNodeFactory.instance.nullNode() : value);
        }
        return found;
    }
}
