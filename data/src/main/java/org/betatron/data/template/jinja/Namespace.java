package org.betatron.data.template.jinja;

import java.util.Map;
import org.betatron.data.template.jinja.python.Attributed;
import org.betatron.data.template.jinja.python.PythonError;
import org.betatron.data.template.jinja.python.Repr;
import org.jspecify.annotations.Nullable;

/// The only value that a template can change: keeps what a loop finds out.
final class Namespace implements Attributed {

    private final Map<Object, Object> values;

    /// @param values its own map
    Namespace(Map<Object, Object> values) {
        values.keySet().forEach(Namespace::check);
        this.values = values;
    }

    private static void check(Object name) {
        if (name instanceof String text && text.startsWith("_")) {
            throw PythonError.other(
                    "SecurityError",
                    "a namespace cannot keep " + Repr.repr(name) + ", which begins with an underscore");
        }
    }

    void set(String name, Object value) {
        check(name);
        values.put(name, value);
    }

    @Override
    public @Nullable Object attribute(String name) {
        return values.get(name);
    }

    @Override
    public String typeName() {
        return "Namespace";
    }

    @Override
    public String toString() {
        return "<Namespace " + Repr.repr(values) + ">";
    }
}
