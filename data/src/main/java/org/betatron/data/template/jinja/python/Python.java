package org.betatron.data.template.jinja.python;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What Python can do with any value: ask for its truth, type, length and items.
public final class Python {

    private Python() {}

    public static boolean truth(Object value) {
        return switch (value) {
            case Boolean truth -> truth;
            case String text -> !text.isEmpty();
            case None _, Undefined _ -> false;
            case Long number -> number != 0;
            case Double number -> number != 0;
            case BigInteger _ -> true;
            default -> {
                Integer length = lengthOrNull(value);
                yield length == null || length > 0;
            }
        };
    }

    public static String typeName(Object value) {
        return switch (value) {
            case None _ -> "NoneType";
            case Boolean _ -> "bool";
            case Long _, BigInteger _ -> "int";
            case Double _ -> "float";
            case String _ -> "str";
            case Markup _ -> "Markup";
            case List<?> _ -> "list";
            case Map<?, ?> _ -> "dict";
            case Tuple _ -> "tuple";
            case Range _ -> "range";
            case Undefined _ -> "Undefined";
            case OneShot oneShot -> oneShot.isReverse() ? "list_reverseiterator" : "generator";
            case DictView view -> "dict_" + view.kind().name().toLowerCase(java.util.Locale.ROOT);
            case Attributed attributed -> attributed.typeName();
            case Method _ -> "builtin_function_or_method";
            case Callable _ -> "function";
            default -> throw new IllegalStateException("not a value of templates: " + value.getClass());
        };
    }

    /// @throws PythonError if it has no length
    public static int length(Object value) {
        Integer length = lengthOrNull(value);
        if (length == null) {
            throw PythonError.type("object of type '" + typeName(value) + "' has no len()");
        }
        return length;
    }

    static @Nullable Integer lengthOrNull(Object value) {
        return switch (value) {
            case String text -> Characters.length(text);
            case Markup markup -> Characters.length(markup.text());
            case List<?> list -> list.size();
            case Map<?, ?> map -> map.size();
            case Tuple tuple -> tuple.items().size();
            case Range range -> (int) Math.min(Integer.MAX_VALUE, range.size());
            case DictView view -> view.map().size();
            case Undefined _ -> 0;
            case Sized sized -> sized.size();
            default -> null;
        };
    }

    /// A value of another package that has a length.
    public interface Sized {
        int size();
    }

    /// @throws PythonError if it has no items
    public static Iterator<Object> iterator(Object value) {
        Iterator<Object> iterator = iteratorOrNull(value);
        if (iterator == null) {
            throw PythonError.type("'" + typeName(value) + "' object is not iterable");
        }
        return iterator;
    }

    public static boolean isIterable(Object value) {
        return iteratorOrNull(value) != null;
    }

    @SuppressWarnings("unchecked")
    private static @Nullable Iterator<Object> iteratorOrNull(Object value) {
        return switch (value) {
            case String text -> characters(text);
            case Markup markup -> characters(markup.text());
            case List<?> list -> (Iterator<Object>) list.iterator();
            case Map<?, ?> map -> (Iterator<Object>) map.keySet().iterator();
            case Tuple tuple -> tuple.items().iterator();
            case Range range -> range.iterator();
            case DictView view -> view.iterator();
            case OneShot oneShot -> oneShot.iterator();
            case Undefined _ -> List.of().iterator();
            default -> null;
        };
    }

    private static Iterator<Object> characters(String text) {
        return text.codePoints().mapToObj(c -> (Object) Character.toString(c)).iterator();
    }

    /// @return a list of its own with the items
    /// @throws PythonError if it has none
    public static List<Object> list(Object value) {
        List<Object> list = new ArrayList<>();
        iterator(value).forEachRemaining(list::add);
        return list;
    }

    /// @return about how many items or characters have to be looked at, for the budget of a rendering
    public static int cost(Object value) {
        return switch (value) {
            case String text -> text.length() >> 4;
            case Markup markup -> markup.text().length() >> 4;
            case List<?> list -> list.size();
            case Map<?, ?> map -> map.size();
            case Tuple tuple -> tuple.items().size();
            case Range range -> (int) range.size();
            case DictView view -> view.map().size();
            case BigInteger number -> number.bitLength() >> 4;
            default -> 0;
        };
    }

    /// @return the text of a string or markup, null for other values
    public static @Nullable String text(Object value) {
        return value instanceof String text ? text : value instanceof Markup markup ? markup.text() : null;
    }
}
