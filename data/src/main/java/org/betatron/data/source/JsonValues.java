package org.betatron.data.source;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// JSON as plain values: texts, numbers, truth values, null, lists and maps in their order.
public final class JsonValues {

    private JsonValues() {}

    /// Takes a value apart.
    ///
    /// @param row  for errors
    /// @param what the value is called in errors
    /// @return null for null and for what is missing
    /// @throws org.betatron.data.DataException if a text in it holds half of a character
    public static @Nullable Object of(JsonNode node, JsonRow row, String what) {
        return switch (node.getNodeType()) {
            case OBJECT -> {
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                node.properties().forEach(field -> map.put(field.getKey(), of(field.getValue(), row, what)));
                yield map;
            }
            case ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>();
                node.forEach(element -> list.add(of(element, row, what)));
                yield list;
            }
            case NUMBER -> node.numberValue();
            case BOOLEAN -> node.booleanValue();
            case STRING -> row.text(node, what);
            default -> null;
        };
    }

    /// @return whether there is nothing to read: absent, null, or a text, list or object without content
    public static boolean isEmpty(JsonNode node) {
        return node.isMissingNode()
                || node.isNull()
                || (node.isString() ? node.stringValue().isBlank() : node.isContainer() && node.isEmpty());
    }

    /// @return the number, or the one that a text is; null for anything else, infinite ones among them
    public static @Nullable Double number(JsonNode node) {
        double number = Double.NaN;
        if (node.isNumber()) {
            number = node.asDouble();
        } else if (node.isString()) {
            try {
                number = Double.parseDouble(node.stringValue().strip());
            } catch (NumberFormatException _) {
                // Not a number.
            }
        }
        return Double.isFinite(number) ? number : null;
    }
}
