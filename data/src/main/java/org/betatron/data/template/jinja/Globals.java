package org.betatron.data.template.jinja;

import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.betatron.data.template.jinja.python.Arguments;
import org.betatron.data.template.jinja.python.Attributed;
import org.betatron.data.template.jinja.python.Callable;
import org.betatron.data.template.jinja.python.Comparison;
import org.betatron.data.template.jinja.python.None;
import org.betatron.data.template.jinja.python.Numbers;
import org.betatron.data.template.jinja.python.Python;
import org.betatron.data.template.jinja.python.PythonError;
import org.betatron.data.template.jinja.python.Range;
import org.betatron.data.template.jinja.python.Repr;
import org.betatron.data.template.jinja.python.Strftime;
import org.betatron.data.template.jinja.syntax.JinjaException;
import org.jspecify.annotations.Nullable;

/// The functions that every template may call.
final class Globals {

    private static final Map<String, Object> FUNCTIONS = Map.of(
            "range", (Callable) Globals::range,
            "dict", new DictFunction(),
            "namespace", (Callable) arguments -> new Namespace(dictionary(arguments)),
            "cycler", (Callable) arguments -> new Cycler(arguments.positional()),
            "joiner", (Callable) Globals::joiner,
            "self", new Blocks(),
            "raise_exception", (Callable) Globals::raise,
            "strftime_now", (Callable) Globals::strftimeNow);

    private Globals() {}

    static @Nullable Object find(String name) {
        return FUNCTIONS.get(name);
    }

    /// @throws PythonError if lists and maps are the key, which Python cannot hash
    static void put(Map<Object, Object> map, Object key, Object value) {
        if (key instanceof List<?> || key instanceof Map<?, ?>) {
            throw PythonError.type("unhashable type: '" + Python.typeName(key) + "'");
        }
        map.put(key instanceof String ? key : firstEqual(map, key), value);
    }

    /// Keys that are equal numbers are the same key, which stays as it was first written.
    private static Object firstEqual(Map<Object, Object> map, Object key) {
        for (Object other : map.keySet()) {
            if (!(other instanceof String) && Comparison.equal(other, key)) {
                return other;
            }
        }
        return key;
    }

    private static Object range(Arguments arguments) {
        List<Object> bounds = arguments.positional();
        if (bounds.isEmpty() || bounds.size() > 3 || !arguments.named().isEmpty()) {
            throw PythonError.type("range expected 1 to 3 arguments, got " + bounds.size());
        }
        long first = Numbers.index(bounds.getFirst());
        return bounds.size() == 1
                ? Range.of(0, first, 1)
                : Range.of(first, Numbers.index(bounds.get(1)), bounds.size() == 2 ? 1 : Numbers.index(bounds.get(2)));
    }

    private static Map<Object, Object> dictionary(Arguments arguments) {
        Map<Object, Object> map = new LinkedHashMap<>();
        if (arguments.positional().size() > 1) {
            throw PythonError.type("dict expected at most 1 argument, got "
                    + arguments.positional().size());
        }
        for (Object source : arguments.positional()) {
            if (source instanceof Map<?, ?> other) {
                map.putAll(other);
            } else {
                for (Iterator<Object> pairs = Python.iterator(source); pairs.hasNext(); ) {
                    List<Object> pair = Python.list(pairs.next());
                    if (pair.size() != 2) {
                        throw PythonError.value(
                                "dictionary update sequence element has length " + pair.size() + "; 2 is required");
                    }
                    put(map, pair.getFirst(), pair.getLast());
                }
            }
        }
        map.putAll(arguments.named());
        return map;
    }

    private static Object joiner(Arguments arguments) {
        Object separator = arguments.bind("joiner", 0, "sep")[0];
        boolean[] isUsed = {false};
        return (Callable) _ -> {
            Object text = !isUsed[0] ? "" : separator == null ? ", " : separator;
            isUsed[0] = true;
            return text;
        };
    }

    private static Object raise(Arguments arguments) {
        Object message = arguments.bind("raise_exception", 1, "message")[0];
        throw JinjaException.raised(message == null ? "" : Repr.str(message));
    }

    /// Today's date would make a data set depend on the day it is read, which is what transformers
    /// does too; templates that print it are few.
    private static Object strftimeNow(Arguments arguments) {
        Object format = arguments.bind("strftime_now", 1, "format")[0];
        String text = format == null ? null : Python.text(format);
        if (text == null) {
            throw PythonError.type("strftime() argument 1 must be str");
        }
        return Strftime.format(text, ZonedDateTime.now(ZoneId.systemDefault()));
    }

    /// `self`, which has the blocks of a template: chat templates have none.
    private record Blocks() implements Attributed {

        @Override
        public @Nullable Object attribute(String name) {
            return null;
        }

        @Override
        public String typeName() {
            return "TemplateReference";
        }
    }

    /// `dict(...)`, and `dict.fromkeys(...)`.
    private record DictFunction() implements Callable, Attributed {

        @Override
        public Object call(Arguments arguments) {
            return dictionary(arguments);
        }

        @Override
        public @Nullable Object attribute(String name) {
            return name.equals("fromkeys") ? (Callable) DictFunction::fromKeys : null;
        }

        private static Object fromKeys(Arguments arguments) {
            @Nullable Object[] values = arguments.bind("fromkeys", 1, "/iterable", "/value");
            Map<Object, Object> map = new LinkedHashMap<>();
            Python.iterator(values[0] == null ? None.NONE : values[0])
                    .forEachRemaining(key -> put(map, key, values[1] == null ? None.NONE : values[1]));
            return map;
        }

        @Override
        public String typeName() {
            return "TemplateDict";
        }
    }

    /// `cycler(...)`: its values in turn.
    private static final class Cycler implements Attributed {

        private final List<Object> values;
        private int at;

        Cycler(List<Object> values) {
            if (values.isEmpty()) {
                throw PythonError.other("RuntimeError", "at least one item has to be provided");
            }
            this.values = values;
        }

        @Override
        public @Nullable Object attribute(String name) {
            return switch (name) {
                case "current" -> values.get(at);
                case "pos" -> (long) at;
                case "next" ->
                    (Callable) _ -> {
                        Object value = values.get(at);
                        at = (at + 1) % values.size();
                        return value;
                    };
                case "reset" ->
                    (Callable) _ -> {
                        at = 0;
                        return None.NONE;
                    };
                default -> null;
            };
        }

        @Override
        public String typeName() {
            return "Cycler";
        }
    }
}
