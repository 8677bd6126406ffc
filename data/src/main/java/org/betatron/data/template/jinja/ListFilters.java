package org.betatron.data.template.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.betatron.data.template.jinja.python.Arguments;
import org.betatron.data.template.jinja.python.Arithmetic;
import org.betatron.data.template.jinja.python.DictView;
import org.betatron.data.template.jinja.python.Items;
import org.betatron.data.template.jinja.python.Limits;
import org.betatron.data.template.jinja.python.Markup;
import org.betatron.data.template.jinja.python.None;
import org.betatron.data.template.jinja.python.Numbers;
import org.betatron.data.template.jinja.python.OneShot;
import org.betatron.data.template.jinja.python.Python;
import org.betatron.data.template.jinja.python.PythonError;
import org.betatron.data.template.jinja.python.Range;
import org.betatron.data.template.jinja.python.Repr;
import org.betatron.data.template.jinja.python.Tuple;
import org.betatron.data.template.jinja.python.Undefined;
import org.jspecify.annotations.Nullable;

/// Filters on lists and mappings that keep their order, and `default`.
final class ListFilters {

    static final Map<String, Filter> ALL = Map.ofEntries(
            Map.entry("attr", ListFilters::attribute),
            Map.entry("batch", ListFilters::batch),
            Map.entry("count", Filters::length),
            Map.entry("d", ListFilters::otherwise),
            Map.entry("default", ListFilters::otherwise),
            Map.entry("first", ListFilters::first),
            Map.entry("items", ListFilters::items),
            Map.entry("last", ListFilters::last),
            Map.entry("length", Filters::length),
            Map.entry("list", ListFilters::list),
            Map.entry("reverse", ListFilters::reverse),
            Map.entry("slice", ListFilters::slice),
            Map.entry("sum", ListFilters::sum));

    private ListFilters() {}

    private static Object attribute(Rendering rendering, Object value, Arguments arguments) {
        return Items.attributeAlone(
                value, Repr.str(Objects.requireNonNull(arguments.bind("attr", 1, "name")[0])));
    }

    private static Object otherwise(Rendering rendering, Object value, Arguments arguments) {
        @Nullable Object[] values = arguments.bind("default", 0, "default_value", "boolean");
        boolean isAsked = values[1] != null && Python.truth(values[1]);
        boolean isMissing = value instanceof Undefined || (isAsked && !Python.truth(value));
        return !isMissing ? value : values[0] == null ? "" : values[0];
    }

    private static Object batch(Rendering rendering, Object value, Arguments arguments) {
        @Nullable Object[] values = arguments.bind("batch", 1, "linecount", "fill_with");
        long size = Math.max(1, Numbers.index(Objects.requireNonNull(values[0])));
        Object fill = values[1] == null ? None.NONE : values[1];
        return generated(() -> rendering.budget().iterator(value), items -> {
            List<Object> batch = new ArrayList<>();
            while (batch.size() < size && items.hasNext()) {
                batch.add(items.next());
            }
            while (!batch.isEmpty() && fill != None.NONE && batch.size() < size) {
                rendering.budget().spend(1);
                batch.add(fill);
            }
            return batch.isEmpty() ? null : batch;
        });
    }

    private static Object slice(Rendering rendering, Object value, Arguments arguments) {
        @Nullable Object[] values = arguments.bind("slice", 1, "slices", "fill_with");
        long slices = Numbers.index(Objects.requireNonNull(values[0]));
        Object fill = values[1] == null ? None.NONE : values[1];
        return generated(
                () -> parts(rendering, list(rendering, value), slices, fill).iterator(),
                parts -> parts.hasNext() ? parts.next() : null);
    }

    /// A generator of Python: nothing happens before its first item is asked for.
    ///
    /// @param begin what items are made of
    /// @param next  makes one; null if there is none left
    private static Object generated(
            Supplier<Iterator<Object>> begin, Function<Iterator<Object>, @Nullable Object> next) {
        return OneShot.of(new Rendering.Lazy(new Rendering.Lazy.Source() {
            private @Nullable Iterator<Object> source;

            @Override
            public @Nullable Object next() {
                if (source == null) {
                    source = begin.get();
                }
                return next.apply(source);
            }
        }));
    }

    private static List<Object> parts(Rendering rendering, List<Object> all, long slices, Object fill) {
        if (slices == 0) {
            throw PythonError.other("ZeroDivisionError", "integer division or modulo by zero");
        }
        rendering.budget().spend(Math.abs(slices));
        long longer = Math.floorMod(all.size(), slices);
        List<Object> parts = new ArrayList<>();
        int at = 0;
        for (long i = 0; i < slices; i++) {
            int size = (int) (all.size() / slices + (i < longer ? 1 : 0));
            List<Object> part = new ArrayList<>(all.subList(at, at + size));
            at += size;
            if (fill != None.NONE && i >= longer) {
                part.add(fill);
            }
            parts.add(part);
        }
        return parts;
    }

    private static Object first(Rendering rendering, Object value, Arguments arguments) {
        arguments.bind("first", 0);
        Iterator<Object> items = Python.iterator(value);
        return items.hasNext() ? items.next() : new Undefined("No first item, sequence was empty.");
    }

    private static Object last(Rendering rendering, Object value, Arguments arguments) {
        arguments.bind("last", 0);
        List<Object> items = Python.list(reversible(value));
        return items.isEmpty() ? new Undefined("No last item, sequence was empty.") : items.getLast();
    }

    private static Object reversible(Object value) {
        return switch (value) {
            case List<?> _, Tuple _, Range _, Map<?, ?> _, DictView _, String _, Markup _, Undefined _ -> value;
            default -> throw PythonError.type("'" + Python.typeName(value) + "' object is not reversible");
        };
    }

    private static Object items(Rendering rendering, Object value, Arguments arguments) {
        arguments.bind("items", 0);
        if (value instanceof Undefined) {
            return OneShot.of(Collections.emptyIterator());
        }
        if (!(value instanceof Map<?, ?> map)) {
            // A generator in Jinja2, so that the refusal comes with the first item.
            return OneShot.of(new Rendering.Lazy(() -> {
                throw PythonError.type("Can only get item pairs from a mapping.");
            }));
        }
        Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator();
        return OneShot.of(new Rendering.Lazy(() -> {
            if (!entries.hasNext()) {
                return null;
            }
            Map.Entry<?, ?> entry = entries.next();
            return Tuple.of(entry.getKey(), entry.getValue());
        }));
    }

    private static Object list(Rendering rendering, Object value, Arguments arguments) {
        arguments.bind("list", 0);
        return list(rendering, value);
    }

    /// @return a list of its own with the items of a value
    static List<Object> list(Rendering rendering, Object value) {
        List<Object> list = new ArrayList<>();
        Iterator<Object> items = rendering.budget().iterator(value);
        while (items.hasNext()) {
            list.add(items.next());
            if (list.size() > Limits.ITEMS) {
                throw PythonError.other("MemoryError", "a list grows beyond " + Limits.ITEMS + " items");
            }
        }
        return list;
    }

    private static Object reverse(Rendering rendering, Object value, Arguments arguments) {
        arguments.bind("reverse", 0);
        if (value instanceof String || value instanceof Markup) {
            String text = Repr.str(value);
            int[] characters = text.codePoints().toArray();
            StringBuilder out = new StringBuilder(text.length());
            for (int i = characters.length - 1; i >= 0; i--) {
                out.appendCodePoint(characters[i]);
            }
            return value instanceof Markup ? new Markup(out.toString()) : out.toString();
        }
        List<Object> items = list(rendering, value);
        Collections.reverse(items);
        return value instanceof OneShot ? items : new OneShot(items.iterator(), true);
    }

    private static Object sum(Rendering rendering, Object value, Arguments arguments) {
        @Nullable Object[] values = arguments.bind("sum", 0, "attribute", "start");
        Object sum = values[1] == null ? (Object) 0L : values[1];
        if (Python.text(sum) != null) {
            throw PythonError.type("sum() can't sum strings [use ''.join(seq) instead]");
        }
        for (Iterator<Object> items = rendering.budget().iterator(value); items.hasNext(); ) {
            sum = Arithmetic.apply("+", sum, Paths.get(items.next(), values[0], null));
            rendering.budget().spendOn(sum);
        }
        return sum;
    }
}
