package org.betatron.data.template.jinja.python;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// `text % values`.
public final class PercentFormat {

    private static final Pattern DIRECTIVE = Pattern.compile(
            "%(?:\\(([^)]*)\\))?([-+ #0]*)(\\*|\\d{1,9})?(?:\\.(\\*|\\d{0,9}))?[hlL]?(.)", Pattern.DOTALL);

    private final List<?> values;
    private final Object all;
    private int next;

    private PercentFormat(Object all) {
        this.all = all;
        this.values = all instanceof Tuple(List<Object> items, List<String> _) ? items : List.of(all);
    }

    /// @param values a tuple, a mapping for named directives, or the only value
    /// @throws PythonError if they do not fit the directives
    public static String format(String text, Object values) {
        return new PercentFormat(values).format(text);
    }

    private String format(String text) {
        StringBuilder out = new StringBuilder();
        Matcher m = DIRECTIVE.matcher(text);
        int at = 0;
        for (int percent = text.indexOf('%'); percent >= 0; percent = text.indexOf('%', at)) {
            out.append(text, at, percent);
            if (!m.region(percent, text.length()).lookingAt()) {
                throw PythonError.value("incomplete format");
            }
            at = m.end();
            out.append(directive(m));
            Limits.text(out.length());
        }
        out.append(text, at, text.length());
        // Python takes whatever has items by key for a mapping, of which none need be used.
        boolean hasKeys = all instanceof Map || all instanceof List || all instanceof Range || all instanceof Undefined;
        if (next < values.size() && !hasKeys) {
            throw PythonError.type("not all arguments converted during string formatting");
        }
        return out.toString();
    }

    private String directive(Matcher m) {
        char type = m.group(5).charAt(0);
        if (type == '%') {
            return "%";
        }
        String flags = m.group(2);
        String width = m.group(3) == null ? "" : m.group(3).equals("*") ? Repr.str(take()) : m.group(3);
        boolean isLeft = flags.contains("-") || width.startsWith("-");
        width = width.startsWith("-") ? width.substring(1) : width;
        String precision = m.group(4) == null ? "" : m.group(4).equals("*") ? Repr.str(take()) : m.group(4);
        precision = m.group(4) != null && precision.isEmpty() ? "0" : precision;
        Object value = m.group(1) == null ? take() : named(m.group(1));
        String cut = precision.isEmpty() ? "" : "." + precision;
        String sign = flags.contains("+") ? "+" : flags.contains(" ") ? " " : "";
        String filled = isLeft ? "<" : flags.contains("0") ? "0=" : ">";
        return switch (type) {
            case 's' -> FormatSpec.parse((isLeft ? "<" : ">") + width + cut).apply(Repr.str(value));
            case 'r', 'a' ->
                FormatSpec.parse((isLeft ? "<" : ">") + width + cut).apply(Repr.repr(value));
            case 'c' ->
                FormatSpec.parse((isLeft ? "<" : ">") + width)
                        .apply(Python.text(value) != null ? value : Character.toString((int) Numbers.index(value)));
            case 'd', 'i', 'u' -> {
                String digits = FormatSpec.parse(sign + "d").apply(number(type, value, true));
                yield padded(withLeastDigits(digits, precision), filled, width);
            }
            case 'x', 'X', 'o' -> {
                String digits = FormatSpec.parse(sign + (flags.contains("#") ? "#" : "") + type)
                        .apply(number(type, value, false));
                yield padded(withLeastDigits(digits, precision), filled, width);
            }
            case 'e', 'E', 'f', 'F', 'g', 'G' ->
                FormatSpec.parse(filled + sign + (flags.contains("#") ? "#" : "") + width + cut + type)
                        .apply(Numbers.toFloat(number(type, value, true)));
            default -> throw PythonError.value("unsupported format character '" + type + "'");
        };
    }

    private static String withLeastDigits(String number, String precision) {
        if (precision.isEmpty()) {
            return number;
        }
        boolean isSigned = !Character.isLetterOrDigit(number.charAt(0));
        String digits = isSigned ? number.substring(1) : number;
        return (isSigned ? number.substring(0, 1) : "") + TextParts.pad(digits, Long.parseLong(precision), "0", 'r');
    }

    private static String padded(String number, String filled, String width) {
        long places = width.isEmpty() ? 0 : Long.parseLong(width);
        boolean isSigned = !Character.isLetterOrDigit(number.charAt(0));
        return switch (filled) {
            case "<" -> TextParts.pad(number, places, " ", 'l');
            case ">" -> TextParts.pad(number, places, " ", 'r');
            default ->
                isSigned
                        ? number.charAt(0) + TextParts.pad(number.substring(1), places - 1, "0", 'r')
                        : TextParts.pad(number, places, "0", 'r');
        };
    }

    private static Object number(char type, Object value, boolean takesFloats) {
        Object number = Numbers.number(value);
        if (number == null || (number instanceof Double && !takesFloats)) {
            throw PythonError.type("%" + type + " format: a number is required, not " + Python.typeName(value));
        }
        return number instanceof Double && (type == 'd' || type == 'i' || type == 'u')
                ? Numbers.toInteger(number)
                : number;
    }

    private Object take() {
        if (next >= values.size()) {
            throw PythonError.type("not enough arguments for format string");
        }
        return values.get(next++);
    }

    private Object named(String key) {
        if (!(all instanceof Map<?, ?> map)) {
            throw PythonError.type("format requires a mapping");
        }
        Object value = Items.entry(map, key);
        if (value == null) {
            throw PythonError.other("KeyError", Repr.repr(key));
        }
        return value;
    }
}
