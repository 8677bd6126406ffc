package org.betatron.data.template.jinja.python;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Python's `==`, `<` and `in`.
public final class Comparison {

    /// How many values a comparison may look at; lists that contain each other twice have more than
    /// memory holds.
    private static final int LARGEST = 20_000_000;

    private int looked;

    private Comparison() {}

    public static boolean equal(Object left, Object right) {
        return new Comparison().same(left, right);
    }

    /// @param operator `<`, `<=`, `>` or `>=`
    /// @throws PythonError if the values have no order
    public static boolean ordered(String operator, Object left, Object right) {
        return new Comparison().inOrder(operator, left, right);
    }

    /// The order of `sorted`.
    public static Comparator<Object> order() {
        return (a, b) -> ordered("<", a, b) ? -1 : ordered("<", b, a) ? 1 : 0;
    }

    /// `item in container`.
    ///
    /// @throws PythonError if it has no items
    public static boolean contains(Object container, Object item) {
        String text = Python.text(container);
        if (text != null) {
            String part = Python.text(item);
            if (part == null) {
                throw PythonError.type("'in <string>' requires string as left operand, not " + Python.typeName(item));
            }
            return text.contains(part);
        }
        if (container instanceof Map<?, ?> map) {
            return Items.entry(map, item) != null;
        }
        if (container instanceof DictView(DictView.Kind kind, Map<Object, Object> map) && kind == DictView.Kind.KEYS) {
            return Items.entry(map, item) != null;
        }
        if (container instanceof Range range && item instanceof Long number) {
            return range.contains(number);
        }
        if (!Python.isIterable(container)) {
            throw PythonError.type("argument of type '" + Python.typeName(container) + "' is not iterable");
        }
        for (Iterator<Object> items = Python.iterator(container); items.hasNext(); ) {
            if (equal(items.next(), item)) {
                return true;
            }
        }
        return false;
    }

    /// As in Python, what is the same object is equal.
    @SuppressWarnings("ReferenceEquality")
    private boolean same(Object left, Object right) {
        if (++looked > LARGEST) {
            throw PythonError.other("RecursionError", "a comparison of more than " + LARGEST + " values");
        }
        if (left == right) {
            return !(left instanceof Double number && Double.isNaN(number));
        }
        Object a = Numbers.number(left);
        if (a != null) {
            Object b = Numbers.number(right);
            return b != null && compareNumbers(a, b) == 0 && !isNaN(a) && !isNaN(b);
        }
        String text = Python.text(left);
        if (text != null) {
            return text.equals(Python.text(right));
        }
        return switch (left) {
            case List<?> list -> right instanceof List<?> other && sameItems(list, other);
            case Tuple(List<Object> items, List<String> _) ->
                right instanceof Tuple(List<Object> others, List<String> _) && sameItems(items, others);
            case Map<?, ?> map -> right instanceof Map<?, ?> other && sameEntries(map, other);
            case Range range -> right instanceof Range other && sameItems(Python.list(range), Python.list(other));
            case DictView(DictView.Kind kind, Map<Object, Object> map) ->
                right instanceof DictView(DictView.Kind otherKind, Map<Object, Object> other)
                        && kind == otherKind
                        && kind != DictView.Kind.VALUES
                        && (kind == DictView.Kind.KEYS ? map.keySet().equals(other.keySet()) : sameEntries(map, other));
            default -> left.equals(right);
        };
    }

    private boolean sameItems(List<?> left, List<?> right) {
        if (left.size() != right.size()) {
            return false;
        }
        for (int i = 0; i < left.size(); i++) {
            if (!same(left.get(i), right.get(i))) {
                return false;
            }
        }
        return true;
    }

    private boolean sameEntries(Map<?, ?> left, Map<?, ?> right) {
        if (left.size() != right.size()) {
            return false;
        }
        for (Map.Entry<?, ?> entry : left.entrySet()) {
            Object other = Items.entry(right, entry.getKey());
            if (other == null || !same(entry.getValue(), other)) {
                return false;
            }
        }
        return true;
    }

    private boolean inOrder(String operator, Object left, Object right) {
        Integer comparison = compare(operator, left, right);
        if (comparison == null) {
            return false;
        }
        return switch (operator) {
            case "<" -> comparison < 0;
            case "<=" -> comparison <= 0;
            case ">" -> comparison > 0;
            case ">=" -> comparison >= 0;
            default -> throw new IllegalArgumentException(operator);
        };
    }

    /// @return null if there is no order between the numbers, as with NaN
    private @Nullable Integer compare(String operator, Object left, Object right) {
        Object a = Numbers.number(left);
        Object b = Numbers.number(right);
        if (a != null && b != null) {
            return isNaN(a) || isNaN(b) ? null : (Integer) compareNumbers(a, b);
        }
        String text = Python.text(left);
        String other = Python.text(right);
        if (text != null && other != null) {
            return compareTexts(text, other);
        }
        if (left instanceof List<?> list && right instanceof List<?> others) {
            return compareItems(operator, list, others);
        }
        if (left instanceof Tuple(List<Object> items, List<String> _)
                && right instanceof Tuple(List<Object> others, List<String> _)) {
            return compareItems(operator, items, others);
        }
        if (left instanceof Undefined undefined) {
            throw undefined.used();
        }
        if (right instanceof Undefined undefined) {
            throw undefined.used();
        }
        throw PythonError.type("'" + operator + "' not supported between instances of '" + Python.typeName(left)
                + "' and '" + Python.typeName(right) + "'");
    }

    private @Nullable Integer compareItems(String operator, List<?> left, List<?> right) {
        for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
            if (!same(left.get(i), right.get(i))) {
                return compare(operator, left.get(i), right.get(i));
            }
        }
        return Integer.compare(left.size(), right.size());
    }

    private static boolean isNaN(Object number) {
        return number instanceof Double value && Double.isNaN(value);
    }

    private static int compareNumbers(Object a, Object b) {
        if (a instanceof Long x && b instanceof Long y) {
            return Long.compare(x, y);
        }
        boolean isFinite =
                !(a instanceof Double x && !Double.isFinite(x)) && !(b instanceof Double y && !Double.isFinite(y));
        if ((a instanceof Double && b instanceof Double) || !isFinite) {
            double x = ((Number) a).doubleValue();
            double y = ((Number) b).doubleValue();
            return x == y ? 0 : Double.compare(x, y);
        }
        return decimal(a).compareTo(decimal(b));
    }

    private static BigDecimal decimal(Object number) {
        return switch (number) {
            case Double value -> new BigDecimal(value);
            case BigInteger value -> new BigDecimal(value);
            default -> BigDecimal.valueOf(((Number) number).longValue());
        };
    }

    /// By code points; Java's order differs for those beyond 16 bits.
    private static int compareTexts(String left, String right) {
        for (int i = 0; i < Math.min(left.length(), right.length()); i++) {
            char a = left.charAt(i);
            char b = right.charAt(i);
            if (a != b) {
                boolean isPair = Character.isSurrogate(a) != Character.isSurrogate(b);
                return isPair
                        ? Boolean.compare(Character.isSurrogate(a), Character.isSurrogate(b))
                        : Character.compare(a, b);
            }
        }
        return Integer.compare(left.length(), right.length());
    }
}
