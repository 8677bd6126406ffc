package org.betatron.data.template.jinja.python;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Python's operators on numbers, and `+`, `*` and `%` on texts and lists.
public final class Arithmetic {

    private Arithmetic() {}

    /// @param operator `+`, `-`, `*`, `/`, `//`, `%` or `**`
    /// @throws PythonError if the values have no such operator
    public static Object apply(String operator, Object left, Object right) {
        Object result = left instanceof String text && right instanceof String other && operator.equals("+")
                ? concatenated(text, other)
                : ofNumbers(operator, left, right);
        if (result == null) {
            refuseUndefined(left);
            result = switch (operator) {
                case "+" -> joined(left, right);
                case "*" -> repeated(left, right);
                case "%" -> formatted(left, right);
                default -> null;
            };
        }
        if (result != null) {
            return result;
        }
        refuseUndefined(right);
        if (operator.equals("+") && Python.text(left) != null) {
            throw PythonError.type("can only concatenate str (not \"" + Python.typeName(right) + "\") to str");
        }
        throw PythonError.type("unsupported operand type(s) for " + (operator.equals("**") ? "** or pow()" : operator)
                + ": '" + Python.typeName(left) + "' and '" + Python.typeName(right) + "'");
    }

    public static Object negative(Object value) {
        return switch (signed("-", value)) {
            case Double number -> -number;
            case Object number -> Numbers.integer(Numbers.big(number).negate());
        };
    }

    public static Object positive(Object value) {
        return signed("+", value);
    }

    private static Object signed(String operator, Object value) {
        refuseUndefined(value);
        Object number = Numbers.number(value);
        if (number == null) {
            throw PythonError.type("bad operand type for unary " + operator + ": '" + Python.typeName(value) + "'");
        }
        return number;
    }

    private static void refuseUndefined(Object value) {
        if (value instanceof Undefined undefined) {
            throw undefined.used();
        }
    }

    private static @Nullable Object ofNumbers(String operator, Object left, Object right) {
        Object a = Numbers.number(left);
        Object b = a == null ? null : Numbers.number(right);
        if (a == null || b == null) {
            return null;
        }
        if (operator.equals("/") && !(a instanceof Double) && !(b instanceof Double)) {
            return divided(a, b);
        }
        if (operator.equals("**")) {
            return power(a, b);
        }
        if (a instanceof Double || b instanceof Double) {
            return floats(operator, Numbers.toDouble(a), Numbers.toDouble(b));
        }
        if (a instanceof Long x && b instanceof Long y) {
            return longs(operator, x, y);
        }
        return integers(operator, Numbers.big(a), Numbers.big(b));
    }

    private static Object longs(String operator, long x, long y) {
        try {
            return switch (operator) {
                case "+" -> Math.addExact(x, y);
                case "-" -> Math.subtractExact(x, y);
                case "*" -> Math.multiplyExact(x, y);
                case "//" -> y == 0 ? byZero("integer division or modulo by zero") : Math.floorDivExact(x, y);
                case "%" -> y == 0 ? byZero("integer modulo by zero") : Math.floorMod(x, y);
                default -> throw new IllegalArgumentException(operator);
            };
        } catch (ArithmeticException overflow) {
            return integers(operator, BigInteger.valueOf(x), BigInteger.valueOf(y));
        }
    }

    private static Object integers(String operator, BigInteger x, BigInteger y) {
        return Numbers.integer(
                switch (operator) {
                    case "+" -> x.add(y);
                    case "-" -> x.subtract(y);
                    case "*" -> x.multiply(y);
                    case "//", "%" -> {
                        if (y.signum() == 0) {
                            byZero("integer division or modulo by zero");
                        }
                        BigInteger[] parts = x.divideAndRemainder(y);
                        boolean isBelow = parts[1].signum() != 0 && parts[1].signum() != y.signum();
                        yield operator.equals("//")
                                ? isBelow ? parts[0].subtract(BigInteger.ONE) : parts[0]
                                : isBelow ? parts[1].add(y) : parts[1];
                    }
                    default -> throw new IllegalArgumentException(operator);
                });
    }

    private static Object divided(Object a, Object b) {
        if (Numbers.big(b).signum() == 0) {
            return byZero("division by zero");
        }
        double x = ((Number) a).doubleValue();
        double y = ((Number) b).doubleValue();
        if (Math.abs(x) < 1L << 53 && Math.abs(y) < 1L << 53) {
            return x / y;
        }
        return new java.math.BigDecimal(Numbers.big(a))
                .divide(new java.math.BigDecimal(Numbers.big(b)), new java.math.MathContext(60))
                .doubleValue();
    }

    private static Object floats(String operator, double x, double y) {
        return switch (operator) {
            case "+" -> x + y;
            case "-" -> x - y;
            case "*" -> x * y;
            case "/" -> y == 0 ? byZero("float division by zero") : x / y;
            case "//" -> y == 0 ? byZero("float floor division by zero") : floorDivided(x, y);
            case "%" -> y == 0 ? byZero("float modulo") : remainder(x, y);
            default -> throw new IllegalArgumentException(operator);
        };
    }

    private static double remainder(double x, double y) {
        double rest = x % y;
        return rest == 0 ? Math.copySign(0, y) : (rest < 0) != (y < 0) ? rest + y : rest;
    }

    private static double floorDivided(double x, double y) {
        double rest = x % y;
        double quotient = (x - rest) / y;
        if (rest != 0 && (rest < 0) != (y < 0)) {
            quotient -= 1;
        }
        if (quotient == 0) {
            return Math.copySign(0, x / y);
        }
        double floor = Math.floor(quotient);
        return quotient - floor > 0.5 ? floor + 1 : floor;
    }

    private static Object power(Object a, Object b) {
        if (!(a instanceof Double) && !(b instanceof Double)) {
            BigInteger base = Numbers.big(a);
            BigInteger exponent = Numbers.big(b);
            if (exponent.signum() >= 0) {
                if (base.bitLength() > 1 && (double) base.bitLength() * exponent.doubleValue() > 2.0 * Limits.BITS) {
                    throw PythonError.other("MemoryError", "a whole number grows beyond " + Limits.BITS + " bits");
                }
                boolean isUnit = base.bitLength() <= 1 && base.abs().compareTo(BigInteger.ONE) <= 0;
                int times = isUnit
                        ? exponent.signum() == 0 ? 0 : exponent.testBit(0) ? 1 : 2
                        : exponent.min(BigInteger.valueOf(2L * Limits.BITS)).intValue();
                return Numbers.integer(base.pow(times));
            }
        }
        double x = Numbers.toDouble(a);
        double y = Numbers.toDouble(b);
        if (x == 0 && y < 0) {
            return byZero("0.0 cannot be raised to a negative power");
        }
        double result = Math.pow(x, y);
        if (Double.isInfinite(result) && !Double.isInfinite(x) && !Double.isInfinite(y)) {
            throw PythonError.other("OverflowError", "(34, 'Numerical result out of range')");
        }
        if (Double.isNaN(result) && !Double.isNaN(x) && !Double.isNaN(y)) {
            throw PythonError.value("complex numbers are not supported in chat templates");
        }
        return x == 1 || y == 0 ? (Object) 1.0 : (Object) result;
    }

    private static Object byZero(String message) {
        throw PythonError.other("ZeroDivisionError", message);
    }

    private static String concatenated(String left, String right) {
        Limits.text((long) left.length() + right.length());
        return left.concat(right);
    }

    private static @Nullable Object joined(Object left, Object right) {
        if (left instanceof Markup || right instanceof Markup) {
            return Python.text(left) == null || Python.text(right) == null
                    ? null
                    : new Markup(concatenated(
                            Markup.of(left).text(), Markup.of(right).text()));
        }
        List<Object> items = new ArrayList<>();
        if (left instanceof List<?> a && right instanceof List<?> b) {
            Limits.items((long) a.size() + b.size());
            items.addAll(a);
            items.addAll(b);
            return items;
        }
        if (left instanceof Tuple(List<Object> a, List<String> _)
                && right instanceof Tuple(List<Object> b, List<String> _)) {
            Limits.items((long) a.size() + b.size());
            items.addAll(a);
            items.addAll(b);
            return new Tuple(items);
        }
        return null;
    }

    private static @Nullable Object repeated(Object left, Object right) {
        refuseUndefined(right);
        if (Numbers.isInteger(left) && !Numbers.isInteger(right)) {
            return repeated(right, left);
        }
        if (!Numbers.isInteger(right)) {
            return null;
        }
        long times = Math.max(0, Numbers.index(right));
        return switch (left) {
            case String text -> repeated(text, times);
            case Markup(String text) -> new Markup(repeated(text, times));
            case List<?> list -> repeatedItems(list, times);
            case Tuple(List<Object> items, List<String> _) -> new Tuple(repeatedItems(items, times));
            default -> null;
        };
    }

    static String repeated(String text, long times) {
        if (text.isEmpty()) {
            return "";
        }
        Limits.text(Math.min(times, Limits.TEXT + 1L) * text.length());
        return text.repeat((int) times);
    }

    private static List<Object> repeatedItems(List<?> list, long times) {
        List<Object> items = new ArrayList<>();
        Limits.items(Math.min(times, Limits.ITEMS + 1L) * list.size());
        for (long i = 0; i < times && !list.isEmpty(); i++) {
            items.addAll(list);
        }
        return items;
    }

    private static @Nullable Object formatted(Object left, Object right) {
        return switch (left) {
            case String text -> PercentFormat.format(text, right);
            case Markup(String text) -> new Markup(PercentFormat.format(text, right));
            default -> null;
        };
    }
}
