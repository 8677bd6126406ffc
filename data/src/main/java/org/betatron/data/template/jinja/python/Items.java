package org.betatron.data.template.jinja.python;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// `value[key]` and `value.name`, with the rules of the sandbox.
public final class Items {

    private Items() {}

    /// `value[key]`: an item, else an attribute, else undefined.
    ///
    /// @throws PythonError if `value` is undefined
    public static Object item(Object value, Object key) {
        Object item = itemOrNull(value, key);
        if (item == null && key instanceof String name) {
            item = Attributes.find(value, name);
        }
        return item == null ? Undefined.member(value, key) : item;
    }

    /// `value.name`: an attribute, else an item, else undefined.
    ///
    /// @throws PythonError if `value` is undefined
    public static Object attribute(Object value, String name) {
        Object attribute = Attributes.find(value, name);
        if (attribute == null) {
            attribute = itemOrNull(value, name);
        }
        return attribute == null ? Undefined.member(value, name) : attribute;
    }

    /// @return what `value.name` gives without looking for an item, else undefined
    public static Object attributeAlone(Object value, String name) {
        Object attribute = Attributes.find(value, name);
        return attribute == null ? Undefined.member(value, name) : attribute;
    }

    /// @return null if there is no such entry; keys that are equal numbers are the same key
    static @Nullable Object entry(Map<?, ?> map, Object key) {
        Object entry = map.get(key);
        if (entry != null || key instanceof String) {
            return entry;
        }
        if (key instanceof List<?> || key instanceof Map<?, ?>) {
            throw PythonError.type("unhashable type: '" + Python.typeName(key) + "'");
        }
        for (Map.Entry<?, ?> candidate : map.entrySet()) {
            if (!(candidate.getKey() instanceof String) && Comparison.equal(candidate.getKey(), key)) {
                return candidate.getValue();
            }
        }
        return null;
    }

    private static @Nullable Object itemOrNull(Object value, Object key) {
        return switch (value) {
            case Undefined undefined -> throw undefined.used();
            case Map<?, ?> map -> key instanceof List<?> || key instanceof Map<?, ?> ? null : entry(map, key);
            case List<?> list -> at(list, key);
            case Tuple(List<Object> items, List<String> _) -> at(items, key);
            case Range range -> {
                int place = place((int) range.size(), key);
                yield place < 0 ? null : (Object) range.get(place);
            }
            case String text -> character(text, key);
            case Markup(String text) -> {
                String character = character(text, key);
                yield character == null ? null : new Markup(character);
            }
            default -> null;
        };
    }

    private static @Nullable Object at(List<?> items, Object key) {
        int place = place(items.size(), key);
        return place < 0 ? null : items.get(place);
    }

    private static @Nullable String character(String text, Object key) {
        int place = key instanceof String ? -1 : place(Characters.length(text), key);
        return place < 0 ? null : Characters.substring(text, place, place + 1);
    }

    /// @return index from the start, -1 if there is no such item
    private static int place(int length, Object key) {
        if (!Numbers.isInteger(key) || key instanceof BigInteger) {
            return -1;
        }
        long index = Numbers.index(key);
        long place = index < 0 ? index + length : index;
        return place >= 0 && place < length ? (int) place : -1;
    }

    /// `value[start:stop:step]`.
    ///
    /// @param start [None] where it is left out, as the others
    /// @throws PythonError if `value` has no slices
    public static Object slice(Object value, Object start, Object stop, Object step) {
        if (value instanceof Undefined undefined) {
            throw undefined.used();
        }
        Integer length = value instanceof Map<?, ?> ? null : Python.lengthOrNull(value);
        if (length == null || value instanceof DictView || value instanceof Attributed) {
            throw PythonError.type("'" + Python.typeName(value) + "' object has no slices");
        }
        long by = step == None.NONE ? 1 : sliceIndex(step);
        if (by == 0) {
            throw PythonError.value("slice step cannot be zero");
        }
        long first = bound(start, length, by < 0 ? length - 1 : 0, by < 0);
        long last = bound(stop, length, by < 0 ? -1 : length, by < 0);
        if (value instanceof Range range) {
            return new Range(range.get(first), range.get(last), range.step() * by);
        }
        String text = Python.text(value);
        if (text != null) {
            String part = textSlice(text, first, last, by);
            return value instanceof Markup ? new Markup(part) : part;
        }
        List<?> items = value instanceof Tuple tuple ? tuple.items() : (List<?>) value;
        List<Object> part = new ArrayList<>();
        if (by == 1) {
            part.addAll(items.subList((int) first, (int) Math.max(first, last)));
        } else {
            for (long i = first; by > 0 ? i < last : i > last; i += by) {
                part.add(items.get((int) i));
            }
        }
        return value instanceof Tuple ? new Tuple(part) : part;
    }

    private static String textSlice(String text, long first, long last, long by) {
        if (by == 1) {
            return first >= last ? "" : Characters.substring(text, (int) first, (int) last);
        }
        int[] characters = text.codePoints().toArray();
        StringBuilder out = new StringBuilder();
        for (long i = first; by > 0 ? i < last : i > last; i += by) {
            out.appendCodePoint(characters[(int) i]);
        }
        return out.toString();
    }

    private static long sliceIndex(Object value) {
        if (!Numbers.isInteger(value)) {
            throw PythonError.type("slice indices must be integers or None or have an __index__ method");
        }
        return Math.clamp(Numbers.index(value), -(1L << 40), 1L << 40);
    }

    private static long bound(Object value, int length, long otherwise, boolean isBackwards) {
        if (value == None.NONE) {
            return otherwise;
        }
        long index = sliceIndex(value);
        long place = index < 0 ? index + length : index;
        return isBackwards ? Math.clamp(place, -1, length - 1) : Math.clamp(place, 0, length);
    }
}
