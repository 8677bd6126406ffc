package org.betatron.data.template.jinja.python;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One value in the layout that `format` and `%` share: `[[fill]align][sign][#][0][width][,][.precision][type]`.
record FormatSpec(
        String fill, char align, char sign, boolean isAlternate, long width, char grouping, int precision, char type) {

    private static final Pattern SPEC = Pattern.compile(
            "(?:(.)?([<>=^]))?([-+ ])?(#)?(0)?(\\d{1,9})?([,_])?(?:\\.(\\d{1,9}))?([a-zA-Z%])?", Pattern.DOTALL);

    /// @throws PythonError if it is none
    static FormatSpec parse(String spec) {
        Matcher m = SPEC.matcher(spec);
        if (!m.matches()) {
            throw PythonError.value("Invalid format specifier '" + spec + "'");
        }
        String fill = m.group(1);
        String align = m.group(2);
        boolean isZero = m.group(5) != null;
        return new FormatSpec(
                fill != null ? fill : isZero ? "0" : " ",
                align != null ? align.charAt(0) : isZero ? '=' : '\0',
                first(m.group(3)),
                m.group(4) != null,
                m.group(6) == null ? 0 : Long.parseLong(m.group(6)),
                first(m.group(7)),
                m.group(8) == null ? -1 : Integer.parseInt(m.group(8)),
                first(m.group(9)));
    }

    private static char first(@Nullable String text) {
        return text == null ? '\0' : text.charAt(0);
    }

    String apply(Object value) {
        Limits.text(Math.max(width, precision));
        if (value instanceof Double
                || (Numbers.number(value) != null && "eEfFgG%".indexOf(type) >= 0 && type != '\0')) {
            return number(ofDouble(Numbers.toFloat(value)));
        }
        if (Numbers.isInteger(value) && (!(value instanceof Boolean) || type != '\0')) {
            return number(ofInteger(Numbers.big(java.util.Objects.requireNonNull(Numbers.number(value)))));
        }
        String text =
                Python.text(value) != null || value instanceof Boolean || value == None.NONE ? Repr.str(value) : null;
        if (text == null) {
            throw PythonError.type("unsupported format string passed to " + Python.typeName(value) + ".__format__");
        }
        if (type != '\0' && type != 's') {
            throw PythonError.value("Unknown format code '" + type + "' for object of type 'str'");
        }
        if (align == '=' || sign != '\0') {
            throw PythonError.value("sign or '=' not allowed in string format specifier");
        }
        String cut =
                precision >= 0 && precision < Characters.length(text) ? Characters.substring(text, 0, precision) : text;
        return TextParts.pad(cut, width, fill, align == '>' ? 'r' : align == '^' ? 'm' : 'l');
    }

    /// `body` carries its minus sign.
    private String number(String body) {
        String mark = body.startsWith("-") ? "-" : sign == '+' ? "+" : sign == ' ' ? " " : "";
        String digits = body.startsWith("-") ? body.substring(1) : body;
        if (align == '=') {
            return mark + TextParts.pad(digits, width - mark.length(), fill, 'r');
        }
        String whole = mark + digits;
        long missing = Math.max(0, width - whole.length());
        long left = align == '<' ? 0 : align == '^' ? missing / 2 : missing;
        return Arithmetic.repeated(fill, left) + whole + Arithmetic.repeated(fill, missing - left);
    }

    private String ofInteger(BigInteger value) {
        return switch (type) {
            case '\0', 'd', 'n' -> grouped(Numbers.digits(value), 3);
            case 'x' -> radix(value, 16, "0x");
            case 'X' -> radix(value, 16, "0x").toUpperCase(java.util.Locale.ROOT);
            case 'o' -> radix(value, 8, "0o");
            case 'b' -> radix(value, 2, "0b");
            case 'c' -> Character.toString(value.intValue());
            default -> throw PythonError.value("Unknown format code '" + type + "' for object of type 'int'");
        };
    }

    private String radix(BigInteger value, int radix, String prefix) {
        return (value.signum() < 0 ? "-" : "")
                + (isAlternate ? prefix : "")
                + grouped(value.abs().toString(radix), 4);
    }

    private String ofDouble(double value) {
        if (!Double.isFinite(value)) {
            return Repr.number(value) + (type == '%' ? "%" : "");
        }
        return switch (type) {
            case 'f', 'F' -> grouped(fixed(value, precision < 0 ? 6 : precision), 3);
            case '%' -> grouped(fixed(value * 100, precision < 0 ? 6 : precision), 3) + "%";
            case 'e', 'E' -> cased(exponential(value, precision < 0 ? 6 : precision));
            case 'g', 'G' -> cased(grouped(general(value, precision < 0 ? 6 : Math.max(1, precision)), 3));
            case '\0' -> grouped(precision < 0 ? Repr.number(value) : shortest(value), 3);
            default -> throw PythonError.value("Unknown format code '" + type + "' for object of type 'float'");
        };
    }

    private String shortest(double value) {
        String text = general(value, Math.max(1, precision));
        return text.contains(".") || text.contains("e") ? text : text + ".0";
    }

    private String cased(String text) {
        return Character.isUpperCase(type) ? text.toUpperCase(java.util.Locale.ROOT) : text;
    }

    static String fixed(double value, int digits) {
        String text =
                new BigDecimal(value).setScale(digits, RoundingMode.HALF_EVEN).toPlainString();
        boolean isNegative = value < 0 || 1 / value < 0;
        return isNegative && !text.startsWith("-") ? "-" + text : text;
    }

    private static String exponential(double value, int digits) {
        if (value == 0) {
            return fixed(value, digits) + "e+00";
        }
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(digits + 1, RoundingMode.HALF_EVEN));
        int exponent = rounded.precision() - rounded.scale() - 1;
        String mantissa = rounded.movePointLeft(exponent)
                .setScale(digits, RoundingMode.HALF_EVEN)
                .toPlainString();
        return mantissa + "e" + (exponent < 0 ? "-" : "+") + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
    }

    private String general(double value, int digits) {
        if (value == 0) {
            return 1 / value < 0 ? "-0" : "0";
        }
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(digits, RoundingMode.HALF_EVEN));
        int exponent = rounded.precision() - rounded.scale() - 1;
        if (exponent < -4 || exponent >= digits) {
            String text = exponential(value, digits - 1);
            int e = text.indexOf('e');
            return withoutZeros(text.substring(0, e)) + text.substring(e);
        }
        return withoutZeros(rounded.toPlainString());
    }

    private String withoutZeros(String text) {
        return isAlternate || !text.contains(".") ? text : text.replaceAll("\\.?0++$", "");
    }

    private String grouped(String digits, int size) {
        if (grouping == '\0') {
            return digits;
        }
        int from = digits.startsWith("-") ? 1 : 0;
        int end = from;
        while (end < digits.length() && Character.isLetterOrDigit(digits.charAt(end)) && digits.charAt(end) != 'e') {
            end++;
        }
        StringBuilder out = new StringBuilder(digits);
        for (int i = end - size; i > from; i -= size) {
            out.insert(i, grouping);
        }
        return out.toString();
    }
}
