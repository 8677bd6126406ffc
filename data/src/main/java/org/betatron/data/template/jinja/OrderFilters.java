package org.betatron.data.template.jinja;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.betatron.data.template.jinja.python.Arguments;
import org.betatron.data.template.jinja.python.Comparison;
import org.betatron.data.template.jinja.python.None;
import org.betatron.data.template.jinja.python.OneShot;
import org.betatron.data.template.jinja.python.Python;
import org.betatron.data.template.jinja.python.PythonError;
import org.betatron.data.template.jinja.python.Repr;
import org.betatron.data.template.jinja.python.Tuple;
import org.betatron.data.template.jinja.python.Undefined;
import org.jspecify.annotations.Nullable;

/// Filters that compare items with each other.
final class OrderFilters {

    static final Map<String, Filter> ALL = Map.of(
            "dictsort", OrderFilters::sortEntries,
            "groupby", OrderFilters::group,
            "max", (rendering, value, arguments) -> extreme("max", rendering, value, arguments),
            "min", (rendering, value, arguments) -> extreme("min", rendering, value, arguments),
            "sort", OrderFilters::sort,
            "unique", OrderFilters::unique);

    private OrderFilters() {}

    private static boolean isTrue(@Nullable Object value) {
        return value != null && Python.truth(value);
    }

    private static Object cased(Object value, boolean isCaseSensitive) {
        return isCaseSensitive ? value : Paths.withoutCase(value);
    }

    /// `sorted(items, key=key, reverse=isReversed)`, which keeps the order of equal items.
    private static List<Object> sorted(
            Rendering rendering, List<Object> items, UnaryOperator<Object> key, boolean isReversed) {
        record Keyed(Object key, Object item) {}
        List<Keyed> keyed = new ArrayList<>(items.size());
        items.forEach(item -> keyed.add(new Keyed(key.apply(item), item)));
        Comparator<Object> order = Comparison.order();
        Comparator<Keyed> comparator = (a, b) -> {
            rendering.budget().spend(1);
            return isReversed ? order.compare(b.key(), a.key()) : order.compare(a.key(), b.key());
        };
        keyed.sort(comparator);
        List<Object> sorted = new ArrayList<>(items.size());
        keyed.forEach(item -> sorted.add(item.item()));
        return sorted;
    }

    private static Object sort(Rendering rendering, Object value, Arguments arguments) {
        @Nullable Object[] values = arguments.bind("sort", 0, "reverse", "case_sensitive", "attribute");
        boolean isCaseSensitive = isTrue(values[1]);
        Object attribute = values[2];
        String text = attribute == null ? null : Python.text(attribute);
        UnaryOperator<Object> key = item -> {
            List<Object> keys = new ArrayList<>();
            if (text == null) {
                keys.add(cased(Paths.get(item, attribute, null), isCaseSensitive));
            } else {
                for (String path : text.split(",", -1)) {
                    keys.add(cased(Paths.get(item, path, null), isCaseSensitive));
                }
            }
            return keys;
        };
        return sorted(rendering, ListFilters.list(rendering, value), key, isTrue(values[0]));
    }

    private static Object sortEntries(Rendering rendering, Object value, Arguments arguments) {
        @Nullable Object[] values = arguments.bind("dictsort", 0, "case_sensitive", "by", "reverse");
        String by = values[1] == null ? "key" : Repr.str(values[1]);
        if (!by.equals("key") && !by.equals("value")) {
            throw PythonError.other("FilterArgumentError", "You can only sort by either \"key\" or \"value\"");
        }
        if (value instanceof Undefined undefined) {
            throw undefined.used();
        }
        if (!(value instanceof Map<?, ?> map)) {
            throw PythonError.other(
                    "AttributeError", "'" + Python.typeName(value) + "' object has no attribute 'items'");
        }
        List<Object> entries = new ArrayList<>();
        map.forEach((key, entry) -> entries.add(Tuple.of(key, entry)));
        UnaryOperator<Object> key =
                entry -> cased(((Tuple) entry).items().get(by.equals("key") ? 0 : 1), isTrue(values[0]));
        return sorted(rendering, entries, key, isTrue(values[2]));
    }

    private static Object group(Rendering rendering, Object value, Arguments arguments) {
        @Nullable Object[] values = arguments.bind("groupby", 1, "attribute", "default", "case_sensitive");
        boolean isCaseSensitive = isTrue(values[2]);
        UnaryOperator<Object> plain = item -> Paths.get(item, values[0], values[1]);
        UnaryOperator<Object> key = item -> cased(plain.apply(item), isCaseSensitive);
        List<Object> groups = new ArrayList<>();
        List<Object> members = new ArrayList<>();
        Object open = None.NONE;
        for (Object item : sorted(rendering, ListFilters.list(rendering, value), key, false)) {
            Object its = key.apply(item);
            if (members.isEmpty() || !Comparison.equal(open, its)) {
                members = new ArrayList<>();
                groups.add(new Tuple(List.of(plain.apply(item), members), List.of("grouper", "list")));
                open = its;
            }
            members.add(item);
        }
        return groups;
    }

    private static Object extreme(String name, Rendering rendering, Object value, Arguments arguments) {
        @Nullable Object[] values = arguments.bind(name, 0, "case_sensitive", "attribute");
        Object best = null;
        Object bestKey = None.NONE;
        for (Iterator<Object> items = rendering.budget().iterator(value); items.hasNext(); ) {
            Object item = items.next();
            Object key = cased(Paths.get(item, values[1], null), isTrue(values[0]));
            if (best == null || Comparison.ordered(name.equals("min") ? "<" : ">", key, bestKey)) {
                best = item;
                bestKey = key;
            }
        }
        return Objects.requireNonNullElseGet(best, () -> new Undefined("No aggregated item, sequence was empty."));
    }

    private static Object unique(Rendering rendering, Object value, Arguments arguments) {
        @Nullable Object[] values = arguments.bind("unique", 0, "case_sensitive", "attribute");
        return OneShot.of(new Rendering.Lazy(new Rendering.Lazy.Source() {
            private final Set<Object> seen = new HashSet<>();
            private @Nullable Iterator<Object> items;

            @Override
            public @Nullable Object next() {
                if (items == null) {
                    items = rendering.budget().iterator(value);
                }
                while (items.hasNext()) {
                    Object item = items.next();
                    Object key = cased(Paths.get(item, values[1], null), isTrue(values[0]));
                    if (seen.add(hashed(key))) {
                        return item;
                    }
                }
                return null;
            }
        }));
    }

    /// Equal numbers are one key.
    private static Object hashed(Object key) {
        return switch (key) {
            case List<?> _, Map<?, ?> _ -> throw PythonError.type("unhashable type: '" + Python.typeName(key) + "'");
            case Boolean truth -> truth ? 1L : 0L;
            case Double real when real == Math.rint(real) && Math.abs(real) < 1L << 53 -> real.longValue();
            default -> key;
        };
    }
}
