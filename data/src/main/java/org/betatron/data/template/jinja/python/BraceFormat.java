package org.betatron.data.template.jinja.python;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// `text.format(...)`, whose fields see what templates see.
final class BraceFormat {

    private static final Pattern STEP = Pattern.compile("\\.([^.\\[]+)|\\[([^\\]]+)\\]");

    private final List<Object> positional;
    private final Map<?, ?> named;
    private int next;

    private BraceFormat(List<Object> positional, Map<?, ?> named) {
        this.positional = positional;
        this.named = named;
    }

    static String format(String text, Arguments arguments) {
        return new BraceFormat(arguments.positional(), arguments.named()).format(text, 2);
    }

    static String formatMap(String text, Arguments arguments) {
        Object map = arguments.bind("format_map", 1, "/mapping")[0];
        return new BraceFormat(List.of(), map instanceof Map<?, ?> values ? values : Map.of()).format(text, 2);
    }

    private String format(String text, int depth) {
        if (depth < 0) {
            throw PythonError.value("Max string recursion exceeded");
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '{' && c != '}') {
                out.append(c);
            } else if (i + 1 < text.length() && text.charAt(i + 1) == c) {
                out.append(c);
                i++;
            } else if (c == '}') {
                throw PythonError.value("Single '}' encountered in format string");
            } else {
                int end = endOfField(text, i);
                out.append(field(text.substring(i + 1, end), depth));
                i = end;
            }
            Limits.text(out.length());
        }
        return out.toString();
    }

    private static int endOfField(String text, int open) {
        int depth = 0;
        for (int i = open; i < text.length(); i++) {
            depth += text.charAt(i) == '{' ? 1 : text.charAt(i) == '}' ? -1 : 0;
            if (depth == 0) {
                return i;
            }
        }
        throw PythonError.value("expected '}' before end of string");
    }

    private String field(String field, int depth) {
        int colon = field.indexOf(':');
        String name = colon < 0 ? field : field.substring(0, colon);
        int mark = name.indexOf('!');
        Object value = value(mark < 0 ? name : name.substring(0, mark));
        if (mark >= 0) {
            value = switch (name.substring(mark + 1)) {
                case "s" -> Repr.str(value);
                case "r", "a" -> Repr.repr(value);
                default -> throw PythonError.value("Unknown conversion specifier " + name.substring(mark + 1));
            };
        }
        String spec = colon < 0 ? "" : format(field.substring(colon + 1), depth - 1);
        return spec.isEmpty() ? Repr.str(value) : FormatSpec.parse(spec).apply(value);
    }

    private Object value(String path) {
        Matcher first = Pattern.compile("[^.\\[]*").matcher(path);
        String name = first.lookingAt() ? first.group() : "";
        Object value = root(name);
        Matcher step = STEP.matcher(path).region(name.length(), path.length());
        while (step.find()) {
            String key = step.group(2);
            value = key == null
                    ? Items.attribute(value, step.group(1))
                    : Items.item(value, key.matches("\\d{1,9}") ? (Object) Long.parseLong(key) : key);
        }
        return value;
    }

    private Object root(String name) {
        if (name.isEmpty() || name.matches("\\d{1,9}")) {
            int index = name.isEmpty() ? next++ : Integer.parseInt(name);
            if (index >= positional.size()) {
                throw PythonError.other(
                        "IndexError", "Replacement index " + index + " out of range for positional args tuple");
            }
            return positional.get(index);
        }
        @Nullable Object value = Items.entry(named, name);
        if (value == null) {
            throw PythonError.other("KeyError", Repr.repr(name));
        }
        return value;
    }
}
