package org.betatron.data.template.jinja;

import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.betatron.data.template.jinja.python.Arguments;
import org.betatron.data.template.jinja.python.None;
import org.betatron.data.template.jinja.python.OneShot;
import org.betatron.data.template.jinja.python.Python;
import org.betatron.data.template.jinja.python.PythonError;
import org.betatron.data.template.jinja.python.Repr;
import org.jspecify.annotations.Nullable;

/// Filters that choose or change items one by one, when they are asked for.
final class SelectFilters {

    static final Map<String, Filter> ALL = Map.of(
            "map", SelectFilters::map,
            "reject", (rendering, value, arguments) -> select(rendering, value, arguments, false, false),
            "rejectattr", (rendering, value, arguments) -> select(rendering, value, arguments, true, false),
            "select", (rendering, value, arguments) -> select(rendering, value, arguments, false, true),
            "selectattr", (rendering, value, arguments) -> select(rendering, value, arguments, true, true));

    private SelectFilters() {}

    /// Items of a value that is true; nothing is asked of others.
    private static Iterator<Object> items(Rendering rendering, Object value) {
        return Python.truth(value) ? rendering.budget().iterator(value) : Collections.emptyIterator();
    }

    private static Object map(Rendering rendering, Object value, Arguments arguments) {
        return OneShot.of(new Rendering.Lazy(new Rendering.Lazy.Source() {
            private @Nullable Iterator<Object> items;
            private UnaryOperator<Object> change = UnaryOperator.identity();

            @Override
            public @Nullable Object next() {
                if (items == null) {
                    items = items(rendering, value);
                    change = Python.truth(value) ? change(rendering, arguments) : change;
                }
                return items.hasNext() ? change.apply(items.next()) : null;
            }
        }));
    }

    private static UnaryOperator<Object> change(Rendering rendering, Arguments arguments) {
        if (arguments.positional().isEmpty()) {
            Object attribute = arguments.named().get("attribute");
            if (attribute == null) {
                throw PythonError.other("FilterArgumentError", "map requires a filter argument");
            }
            arguments.named().keySet().forEach(name -> {
                if (!name.equals("attribute") && !name.equals("default")) {
                    throw PythonError.other("FilterArgumentError", "Unexpected keyword argument " + Repr.repr(name));
                }
            });
            Object otherwise = arguments.named().getOrDefault("default", None.NONE);
            return item -> Paths.get(item, attribute, otherwise);
        }
        String filter = Repr.str(arguments.positional().getFirst());
        Arguments rest = arguments.skip(1);
        return item -> Filters.apply(filter, rendering, item, rest);
    }

    private static Object select(
            Rendering rendering, Object value, Arguments arguments, boolean isByAttribute, boolean isKept) {
        return OneShot.of(new Rendering.Lazy(new Rendering.Lazy.Source() {
            private @Nullable Iterator<Object> items;
            private Predicate<Object> test = _ -> false;

            @Override
            public @Nullable Object next() {
                if (items == null) {
                    items = items(rendering, value);
                    test = Python.truth(value) ? test(rendering, arguments, isByAttribute) : test;
                }
                while (items.hasNext()) {
                    Object item = items.next();
                    if (test.test(item) == isKept) {
                        return item;
                    }
                }
                return null;
            }
        }));
    }

    private static Predicate<Object> test(Rendering rendering, Arguments arguments, boolean isByAttribute) {
        int given = arguments.positional().size();
        if (isByAttribute && given == 0) {
            throw PythonError.other("FilterArgumentError", "Missing parameter for attribute name");
        }
        Object attribute = isByAttribute ? arguments.positional().getFirst() : None.NONE;
        int first = isByAttribute ? 1 : 0;
        if (given == first) {
            return item -> Python.truth(Paths.get(item, attribute, null));
        }
        String name = Repr.str(arguments.positional().get(first));
        Arguments rest = arguments.skip(first + 1);
        return item -> Python.truth(Tests.apply(name, rendering, Paths.get(item, attribute, null), rest));
    }
}
