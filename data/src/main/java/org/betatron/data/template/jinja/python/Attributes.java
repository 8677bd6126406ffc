package org.betatron.data.template.jinja.python;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which attributes values have: the methods of Python's types, as far as the sandbox allows.
final class Attributes {

    private static final Set<String> CHANGES_DICT = Set.of("clear", "pop", "popitem", "setdefault", "update");
    private static final Set<String> CHANGES_LIST =
            Set.of("append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort");

    private Attributes() {}

    /// @return null if there is no such attribute
    static @Nullable Object find(Object value, String name) {
        if (value instanceof Undefined undefined) {
            throw undefined.used();
        }
        if (name.startsWith("_")) {
            return null;
        }
        return switch (value) {
            case Attributed attributed -> attributed.attribute(name);
            case Map<?, ?> _ ->
                CHANGES_DICT.contains(name)
                        ? Undefined.unsafe(value, name)
                        : method(value, name, CollectionMethods.OF_DICT);
            case List<?> _ ->
                CHANGES_LIST.contains(name)
                        ? Undefined.unsafe(value, name)
                        : method(value, name, CollectionMethods.OF_LIST);
            case String _, Markup _ -> method(value, name, TextMethods.NAMES);
            case Tuple tuple
            when tuple.names().contains(name) -> tuple.items().get(tuple.names().indexOf(name));
            case Tuple _ -> method(value, name, CollectionMethods.OF_TUPLE);
            case Range range -> ofRange(range, name);
            case Long _, BigInteger _, Boolean _ -> ofInteger(value, name);
            case Double real ->
                name.equals("real")
                        ? real
                        : name.equals("imag") ? (Object) 0.0 : method(value, name, CollectionMethods.OF_FLOAT);
            default -> null;
        };
    }

    private static @Nullable Object method(Object value, String name, Set<String> names) {
        return names.contains(name) ? new Method(value, name) : null;
    }

    private static @Nullable Object ofRange(Range range, String name) {
        return switch (name) {
            case "start" -> range.start();
            case "stop" -> range.stop();
            case "step" -> range.step();
            default -> method(range, name, CollectionMethods.OF_TUPLE);
        };
    }

    private static @Nullable Object ofInteger(Object value, String name) {
        return switch (name) {
            case "real", "numerator" -> Numbers.number(value);
            case "imag" -> 0L;
            case "denominator" -> 1L;
            default -> method(value, name, CollectionMethods.OF_INTEGER);
        };
    }
}
