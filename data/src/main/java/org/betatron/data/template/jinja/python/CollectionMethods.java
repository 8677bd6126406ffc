package org.betatron.data.template.jinja.python;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The methods of lists, tuples, dictionaries and numbers that change nothing.
final class CollectionMethods {

    static final Set<String> OF_DICT = Set.of("get", "items", "keys", "values", "copy");
    static final Set<String> OF_LIST = Set.of("index", "count", "copy");
    static final Set<String> OF_TUPLE = Set.of("index", "count");
    static final Set<String> OF_INTEGER = Set.of("bit_length", "conjugate");
    static final Set<String> OF_FLOAT = Set.of("is_integer", "conjugate");

    private CollectionMethods() {}

    @SuppressWarnings("unchecked")
    static Object call(Object owner, String name, Arguments arguments) {
        return switch (name) {
            case "get" -> {
                @Nullable Object[] values = arguments.bind("get", 1, "/key", "/default");
                Object entry = Items.entry((Map<?, ?>) owner, required(values[0]));
                yield entry != null ? entry : values[1] != null ? values[1] : None.NONE;
            }
            case "items" -> view(DictView.Kind.ITEMS, owner, arguments);
            case "keys" -> view(DictView.Kind.KEYS, owner, arguments);
            case "values" -> view(DictView.Kind.VALUES, owner, arguments);
            case "copy" -> {
                arguments.bind("copy", 0);
                yield owner instanceof Map<?, ?> map
                        ? new LinkedHashMap<>((Map<Object, Object>) map)
                        : new ArrayList<>(Python.list(owner));
            }
            case "index" -> index(owner, arguments);
            case "count" -> {
                Object item = required(arguments.bind("count", 1, "/value")[0]);
                yield Python.list(owner).stream()
                        .filter(other -> Comparison.equal(other, item))
                        .count();
            }
            case "is_integer" ->
                owner instanceof Double number && Double.isFinite(number) && number == Math.rint(number);
            case "bit_length" ->
                (long) Numbers.big(required(Numbers.number(owner))).abs().bitLength();
            case "conjugate" -> required(Numbers.number(owner));
            default -> throw new IllegalArgumentException(name);
        };
    }

    @SuppressWarnings("unchecked")
    private static Object view(DictView.Kind kind, Object owner, Arguments arguments) {
        arguments.bind(kind.name().toLowerCase(java.util.Locale.ROOT), 0);
        return new DictView(kind, (Map<Object, Object>) owner);
    }

    private static Object index(Object owner, Arguments arguments) {
        @Nullable Object[] values = arguments.bind("index", 1, "/value", "/start", "/stop");
        Object item = required(values[0]);
        int length = Python.length(owner);
        long start = values[1] == null ? 0 : place(Numbers.index(values[1]), length);
        long stop = values[2] == null ? length : place(Numbers.index(values[2]), length);
        long i = 0;
        for (Iterator<Object> items = Python.iterator(owner); items.hasNext(); i++) {
            if (Comparison.equal(items.next(), item) && i >= start && i < stop) {
                return i;
            }
        }
        throw PythonError.value(Repr.repr(item) + " is not in " + Python.typeName(owner));
    }

    private static long place(long index, int length) {
        return Math.max(0, index < 0 ? index + length : index);
    }

    private static Object required(@Nullable Object value) {
        if (value == null) {
            throw new IllegalStateException("bound without a value");
        }
        return value;
    }
}
