package org.betatron.data.template.jinja.python;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/// Reads and brings into form Python's whole numbers, which have no bound, and its floats.
public final class Numbers {

    /// Python prints no whole numbers with more digits.
    private static final int DIGITS = 4300;

    private Numbers() {}

    /// @return `Long` if it fits
    public static Object integer(BigInteger value) {
        if (value.bitLength() > Limits.BITS) {
            throw PythonError.other("MemoryError", "a whole number grows beyond " + Limits.BITS + " bits");
        }
        return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
    }

    static BigInteger big(Object value) {
        return value instanceof BigInteger big ? big : BigInteger.valueOf(((Number) value).longValue());
    }

    static String digits(BigInteger value) {
        String digits = value.toString();
        if (digits.length() > DIGITS + (value.signum() < 0 ? 1 : 0)) {
            throw PythonError.value("a whole number has more than " + DIGITS + " digits");
        }
        return digits;
    }

    /// @return `Long`, `BigInteger` or `Double`, truth values as 0 and 1; null for other values
    public static @Nullable Object number(Object value) {
        return switch (value) {
            case Long number -> number;
            case Double number -> number;
            case BigInteger number -> number;
            case Boolean truth -> truth ? 1L : 0L;
            default -> null;
        };
    }

    static boolean isInteger(Object value) {
        return value instanceof Long || value instanceof BigInteger || value instanceof Boolean;
    }

    static double toDouble(Object number) {
        double value = ((Number) number).doubleValue();
        if (number instanceof BigInteger && Double.isInfinite(value)) {
            throw PythonError.other("OverflowError", "int too large to convert to float");
        }
        return value;
    }

    /// An index, width or count.
    ///
    /// @throws PythonError if it is no whole number; one beyond `long` becomes the nearest
    public static long index(Object value) {
        if (value instanceof Undefined undefined) {
            throw undefined.used();
        }
        Object number = isInteger(value) ? number(value) : null;
        if (number == null) {
            throw PythonError.type("'" + Python.typeName(value) + "' object cannot be interpreted as an integer");
        }
        return number instanceof BigInteger big ? big.signum() < 0 ? Long.MIN_VALUE : Long.MAX_VALUE : (Long) number;
    }

    /// `int(value)`.
    ///
    /// @throws PythonError if it is no number
    public static Object toInteger(Object value) {
        return switch (value) {
            case Undefined undefined -> throw undefined.used();
            case Double number -> {
                if (Double.isNaN(number)) {
                    throw PythonError.value("cannot convert float NaN to integer");
                }
                if (Double.isInfinite(number)) {
                    throw PythonError.other("OverflowError", "cannot convert float infinity to integer");
                }
                yield integer(new java.math.BigDecimal(number).toBigInteger());
            }
            case String text -> parse(text, 10);
            case Markup markup -> parse(markup.text(), 10);
            default -> {
                Object number = number(value);
                if (number == null) {
                    throw PythonError.type(
                            "int() argument must be a string or a real number, not '" + Python.typeName(value) + "'");
                }
                yield number;
            }
        };
    }

    /// `float(value)`.
    ///
    /// @throws PythonError if it is no number
    public static double toFloat(Object value) {
        String text = Python.text(value);
        if (text != null) {
            return parseFloat(text);
        }
        if (value instanceof Undefined undefined) {
            throw undefined.used();
        }
        Object number = number(value);
        if (number == null) {
            throw PythonError.type(
                    "float() argument must be a string or a real number, not '" + Python.typeName(value) + "'");
        }
        return toDouble(number);
    }

    /// `int(text, base)`.
    ///
    /// @throws PythonError if it is not written as one
    public static Object parse(String text, int base) {
        String digits = Characters.stripLeading(Characters.stripTrailing(text));
        boolean isNegative = digits.startsWith("-");
        String unsigned = isNegative || digits.startsWith("+") ? digits.substring(1) : digits;
        int used = base;
        String prefix = unsigned.length() > 1 ? unsigned.substring(0, 2).toLowerCase(java.util.Locale.ROOT) : "";
        int prefixed = prefix.equals("0x") ? 16 : prefix.equals("0o") ? 8 : prefix.equals("0b") ? 2 : 0;
        if (prefixed != 0 && (base == prefixed || base == 0)) {
            used = prefixed;
            unsigned = unsigned.substring(unsigned.startsWith("_", 2) ? 3 : 2);
        } else if (base == 0) {
            used = 10;
        }
        if (unsigned.isEmpty()
                || !unsigned.matches("[0-9A-Za-z]++(?:_[0-9A-Za-z]++)*+")
                || unsigned.length() > DIGITS) {
            throw notANumber("int() with base " + base, text);
        }
        try {
            BigInteger value = new BigInteger(unsigned.replace("_", ""), used);
            return integer(isNegative ? value.negate() : value);
        } catch (NumberFormatException e) {
            throw notANumber("int() with base " + base, text);
        }
    }

    private static double parseFloat(String text) {
        String number = Characters.stripLeading(Characters.stripTrailing(text)).toLowerCase(java.util.Locale.ROOT);
        String unsigned = number.startsWith("-") || number.startsWith("+") ? number.substring(1) : number;
        double sign = number.startsWith("-") ? -1 : 1;
        switch (unsigned) {
            case "inf", "infinity" -> {
                return sign * Double.POSITIVE_INFINITY;
            }
            case "nan" -> {
                return Double.NaN;
            }
            default -> {}
        }
        String digits = "\\d++(?:_\\d++)*+";
        if (!unsigned.matches("(?:" + digits + "\\.?(?:" + digits + ")?|\\." + digits + ")(?:e[-+]?" + digits + ")?")) {
            throw PythonError.value("could not convert string to float: " + Repr.repr(text));
        }
        return sign * Double.parseDouble(unsigned.replace("_", ""));
    }

    private static PythonError notANumber(String what, String text) {
        return PythonError.value("invalid literal for " + what + ": " + Repr.repr(text));
    }
}
