package org.betatron.data.template.jinja;

import java.util.HashMap;
import java.util.Map;
import org.betatron.data.template.jinja.python.Arguments;
import org.betatron.data.template.jinja.python.Python;
import org.betatron.data.template.jinja.python.PythonError;

/// The filters of Jinja2 by name, but for those that draw lots (`random`), print for debugging
/// (`pprint`) or write web pages (`urlize`).
final class Filters {

    private static final Map<String, Filter> ALL = all();

    private Filters() {}

    private static Map<String, Filter> all() {
        Map<String, Filter> all = new HashMap<>(TextFilters.ALL);
        all.putAll(MarkupFilters.ALL);
        all.putAll(NumberFilters.ALL);
        all.putAll(ListFilters.ALL);
        all.putAll(OrderFilters.ALL);
        all.putAll(SelectFilters.ALL);
        return Map.copyOf(all);
    }

    static boolean isKnown(String name) {
        return ALL.containsKey(name);
    }

    static Object apply(String name, Rendering rendering, Object value, Arguments arguments) {
        Filter filter = ALL.get(name);
        if (filter == null) {
            throw PythonError.other("TemplateRuntimeError", "there is no filter '" + name + "'");
        }
        rendering.budget().spendOn(value);
        arguments.positional().forEach(rendering.budget()::spendOn);
        Object result = filter.apply(rendering, value, arguments);
        rendering.budget().spendOn(result);
        return result;
    }

    /// `len(value)` as a number of templates.
    static Object length(Rendering rendering, Object value, Arguments arguments) {
        arguments.bind("length", 0);
        return (long) Python.length(value);
    }
}
