package org.betatron.data.template.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Map;
import java.util.Objects;
import org.betatron.data.template.jinja.python.Arguments;
import org.betatron.data.template.jinja.python.Arithmetic;
import org.betatron.data.template.jinja.python.Comparison;
import org.betatron.data.template.jinja.python.None;
import org.betatron.data.template.jinja.python.Numbers;
import org.betatron.data.template.jinja.python.PercentFormat;
import org.betatron.data.template.jinja.python.Python;
import org.betatron.data.template.jinja.python.PythonError;
import org.betatron.data.template.jinja.python.Repr;
import org.betatron.data.template.jinja.python.Undefined;
import org.jspecify.annotations.Nullable;

/// Filters that give a number, or write one.
final class NumberFilters {

    static final Map<String, Filter> ALL = Map.of(
            "abs", NumberFilters::abs,
            "filesizeformat", NumberFilters::fileSize,
            "float", NumberFilters::toFloat,
            "int", NumberFilters::toInteger,
            "round", NumberFilters::round);

    private NumberFilters() {}

    private static Object abs(Rendering rendering, Object value, Arguments arguments) {
        arguments.bind("abs", 0);
        Object number = Numbers.number(value);
        if (number == null) {
            throw PythonError.type("bad operand type for abs(): '" + Python.typeName(value) + "'");
        }
        return number instanceof Double real
                ? (Object) Math.abs(real)
                : Comparison.ordered("<", number, 0L) ? Arithmetic.negative(number) : number;
    }

    private static Object fileSize(Rendering rendering, Object value, Arguments arguments) {
        Object binary = arguments.bind("filesizeformat", 0, "binary")[0];
        boolean isBinary = binary != null && Python.truth(binary);
        double bytes = Numbers.toFloat(value);
        double base = isBinary ? 1024 : 1000;
        if (bytes == 1) {
            return "1 Byte";
        }
        if (bytes < base) {
            return (long) bytes + " Bytes";
        }
        String prefixes = isBinary ? "KMGTPEZY" : "kMGTPEZY";
        int i = 0;
        while (i < prefixes.length() - 1 && bytes >= Math.pow(base, i + 2)) {
            i++;
        }
        return PercentFormat.format("%.1f ", base * bytes / Math.pow(base, i + 2))
                + prefixes.charAt(i)
                + (isBinary ? "iB" : "B");
    }

    private static Object toFloat(Rendering rendering, Object value, Arguments arguments) {
        Object otherwise = arguments.bind("float", 0, "default")[0];
        try {
            return Numbers.toFloat(value);
        } catch (PythonError e) {
            if (!e.isTypeOrValue()) {
                throw e;
            }
            return otherwise == null ? (Object) 0.0 : otherwise;
        }
    }

    private static Object toInteger(Rendering rendering, Object value, Arguments arguments) {
        @Nullable Object[] values = arguments.bind("int", 0, "default", "base");
        String text = Python.text(value);
        int base = values[1] == null ? 10 : Math.clamp(Numbers.index(values[1]), -1, 99);
        try {
            if (text != null && (base < 0 || base == 1 || base > 36)) {
                throw PythonError.value("int() base must be >= 2 and <= 36, or 0");
            }
            return text != null ? Numbers.parse(text, base) : Numbers.toInteger(value);
        } catch (PythonError e) {
            if (!e.isTypeOrValue()) {
                throw e;
            }
        }
        double real;
        try {
            real = Numbers.toFloat(value);
        } catch (PythonError e) {
            if (!e.isTypeOrValue()) {
                throw e;
            }
            real = Double.NaN;
        }
        return Double.isFinite(real) ? Numbers.toInteger(real) : values[0] == null ? (Object) 0L : values[0];
    }

    private static Object round(Rendering rendering, Object value, Arguments arguments) {
        @Nullable Object[] values = arguments.bind("round", 0, "precision", "method");
        int precision = values[0] == null ? 0 : Math.clamp(Numbers.index(values[0]), -400, 400);
        String method = values[1] == null ? "common" : Repr.str(values[1]);
        if (value instanceof Undefined undefined) {
            throw undefined.used();
        }
        Object number = Numbers.number(value);
        if (number == null) {
            throw PythonError.type("type " + Python.typeName(value) + " doesn't define __round__ method");
        }
        return switch (method) {
            case "common" -> rounded(number, precision);
            case "ceil", "floor" -> {
                Object scale = Arithmetic.apply("**", 10L, (long) precision);
                Object scaled = Arithmetic.apply("*", number, scale);
                Object whole = scaled instanceof Double real
                        ? Numbers.toInteger(method.equals("ceil") ? Math.ceil(real) : Math.floor(real))
                        : scaled;
                yield Arithmetic.apply("/", whole, scale);
            }
            default -> throw PythonError.other("FilterArgumentError", "method must be common, ceil or floor");
        };
    }

    private static Object rounded(Object number, int precision) {
        if (number instanceof Double real) {
            return Double.isFinite(real) && real != 0
                    ? Math.copySign(
                            new BigDecimal(real)
                                    .setScale(precision, RoundingMode.HALF_EVEN)
                                    .doubleValue(),
                            real)
                    : real;
        }
        if (precision >= 0) {
            return number;
        }
        BigInteger whole = new BigDecimal(number.toString())
                .setScale(precision, RoundingMode.HALF_EVEN)
                .toBigInteger();
        return Objects.requireNonNullElse(Numbers.integer(whole), None.NONE);
    }
}
