package org.betatron.data.template.jinja.python;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Writes values in the layout of Python's `json.dumps`, which chat templates put into prompts and
/// which models have therefore seen.
///
/// @param isAscii       whether other characters are written as `\u00e9`
/// @param indent        what a level is indented by; null for a single line
/// @param itemSeparator between items
/// @param keySeparator  between key and value
/// @param isSorted      whether entries are ordered by their keys
public record Json(
        boolean isAscii, @Nullable String indent, String itemSeparator, String keySeparator, boolean isSorted) {

    /// @throws PythonError if there is no JSON for it
    public String write(Object value) {
        StringBuilder out = new StringBuilder();
        write(value, 0, out);
        return out.toString();
    }

    private void write(Object value, int level, StringBuilder out) {
        Limits.depth(level);
        Limits.text(out.length());
        switch (value) {
            case None _ -> out.append("null");
            case Boolean truth -> out.append(truth.booleanValue());
            case Long number -> out.append(number.longValue());
            case BigInteger number -> out.append(Numbers.digits(number));
            case Double number -> out.append(number(number));
            case String text -> quote(text, out);
            case Markup(String text) -> quote(text, out);
            case List<?> list -> writeItems(list, level, out);
            case Tuple(List<Object> items, List<String> _) -> writeItems(items, level, out);
            case Map<?, ?> map -> writeMap(map, level, out);
            default -> throw PythonError.type("Object of type " + Python.typeName(value) + " is not JSON serializable");
        }
    }

    private static String number(double value) {
        return Double.isNaN(value)
                ? "NaN"
                : Double.isInfinite(value) ? value > 0 ? "Infinity" : "-Infinity" : Repr.number(value);
    }

    private void writeItems(List<?> items, int level, StringBuilder out) {
        out.append('[');
        String separator = "";
        for (Object item : items) {
            out.append(separator);
            separator = itemSeparator;
            breakLine(level + 1, out);
            write(item, level + 1, out);
        }
        close(items.isEmpty(), level, out).append(']');
    }

    private void writeMap(Map<?, ?> map, int level, StringBuilder out) {
        List<Map.Entry<?, ?>> entries = new ArrayList<>(map.entrySet());
        if (isSorted) {
            entries.sort((a, b) -> Comparison.order().compare(a.getKey(), b.getKey()));
        }
        out.append('{');
        String separator = "";
        for (Map.Entry<?, ?> entry : entries) {
            out.append(separator);
            separator = itemSeparator;
            breakLine(level + 1, out);
            quote(key(entry.getKey()), out);
            out.append(keySeparator);
            write(entry.getValue(), level + 1, out);
        }
        close(map.isEmpty(), level, out).append('}');
    }

    private static String key(Object key) {
        return switch (key) {
            case String text -> text;
            case Markup(String text) -> text;
            case None _ -> "null";
            case Boolean truth -> truth.toString();
            case Long number -> number.toString();
            case BigInteger number -> Numbers.digits(number);
            case Double number -> number(number);
            default ->
                throw PythonError.type("keys must be str, int, float, bool or None, not " + Python.typeName(key));
        };
    }

    private void breakLine(int level, StringBuilder out) {
        if (indent != null) {
            out.append('\n').append(Arithmetic.repeated(indent, level));
        }
    }

    private StringBuilder close(boolean isEmpty, int level, StringBuilder out) {
        if (!isEmpty) {
            breakLine(level, out);
        }
        return out;
    }

    private void quote(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\f' -> out.append("\\f");
                case '\b' -> out.append("\\b");
                default -> {
                    if (c < ' ' || (isAscii && c > '~')) {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
