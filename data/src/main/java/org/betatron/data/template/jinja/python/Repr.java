package org.betatron.data.template.jinja.python;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/// How Python prints values: `str` and `repr`.
public final class Repr {

    private Repr() {}

    /// @throws PythonError for generators and functions, which have no text that lasts
    public static String str(Object value) {
        return switch (value) {
            case String text -> text;
            case Markup markup -> markup.text();
            case Undefined _ -> "";
            default -> repr(value);
        };
    }

    /// @throws PythonError as [#str]
    public static String repr(Object value) {
        StringBuilder out = new StringBuilder();
        write(value, 0, out);
        return out.toString();
    }

    private static void write(Object value, int depth, StringBuilder out) {
        Limits.depth(depth);
        Limits.text(out.length());
        switch (value) {
            case None _ -> out.append("None");
            case Boolean truth -> out.append(truth ? "True" : "False");
            case Long number -> out.append(number.longValue());
            case BigInteger number -> out.append(Numbers.digits(number));
            case Double number -> out.append(number(number));
            case String text -> quote(text, out);
            case Markup(String text) -> {
                out.append("Markup(");
                quote(text, out);
                out.append(')');
            }
            case Undefined _ -> out.append("Undefined");
            case List<?> list -> writeAll("[", list.iterator(), "]", depth, out);
            case Tuple(List<Object> items, List<String> _) ->
                writeAll("(", items.iterator(), items.size() == 1 ? ",)" : ")", depth, out);
            case Map<?, ?> map -> writeMap(map, depth, out);
            case Range(long start, long stop, long step) ->
                out.append("range(" + start + ", " + stop + (step == 1 ? "" : ", " + step) + ")");
            case DictView view -> {
                out.append("dict_" + view.kind().name().toLowerCase(java.util.Locale.ROOT) + "(");
                writeAll("[", view.iterator(), "])", depth, out);
            }
            case Attributed _ -> out.append(value);
            // Python prints an address in memory, which is another one in every run.
            default -> throw PythonError.type("a " + Python.typeName(value) + " cannot be printed");
        }
    }

    private static void writeAll(String open, Iterator<?> items, String close, int depth, StringBuilder out) {
        out.append(open);
        while (items.hasNext()) {
            write(items.next(), depth + 1, out);
            if (items.hasNext()) {
                out.append(", ");
            }
        }
        out.append(close);
    }

    private static void writeMap(Map<?, ?> map, int depth, StringBuilder out) {
        out.append('{');
        String separator = "";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            out.append(separator);
            separator = ", ";
            write(entry.getKey(), depth + 1, out);
            out.append(": ");
            write(entry.getValue(), depth + 1, out);
        }
        out.append('}');
    }

    /// Single quotes, unless only double ones avoid an escape.
    private static void quote(String text, StringBuilder out) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        out.append(quote);
        text.codePoints().forEach(c -> {
            switch (c) {
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\\' -> out.append("\\\\");
                default -> {
                    if (c == quote) {
                        out.append('\\').appendCodePoint(c);
                    } else if (Characters.isPrintable(c)) {
                        out.appendCodePoint(c);
                    } else {
                        out.append(escaped(c));
                    }
                }
            }
        });
        out.append(quote);
    }

    /// @return `\xe9`, `\u2028` or `\U0001f600`
    public static String escaped(int c) {
        return c <= 0xFF
                ? String.format("\\x%02x", c)
                : c <= 0xFFFF ? String.format("\\u%04x", c) : String.format("\\U%08x", c);
    }

    /// The shortest digits that read back as the same number, in Python's layout.
    public static String number(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        if (value == 0) {
            return 1 / value < 0 ? "-0.0" : "0.0";
        }
        BigDecimal decimal = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        int exponent = decimal.precision() - decimal.scale() - 1;
        if (exponent >= -4 && exponent < 16) {
            String plain = decimal.toPlainString();
            return plain.contains(".") ? plain : plain + ".0";
        }
        String digits = decimal.unscaledValue().abs().toString();
        return (value < 0 ? "-" : "") + digits.charAt(0) + (digits.length() > 1 ? "." + digits.substring(1) : "") + "e"
                + (exponent < 0 ? "-" : "+") + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
    }
}
