package org.betatron.data.template.jinja.python;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a function, method, filter or test is called with.
///
/// @param positional by place
/// @param named      by name, in the order of the call
public record Arguments(List<Object> positional, Map<String, Object> named) {

    public static final Arguments NONE = new Arguments(List.of(), Map.of());

    /// Assigns arguments to parameters as Python does.
    ///
    /// @param function   named in errors
    /// @param required   how many of the parameters must be given
    /// @param parameters names; a method that takes no names has them written with a leading `/`
    /// @return a value or null for every parameter
    public @Nullable Object[] bind(String function, int required, String... parameters) {
        if (positional.size() > parameters.length) {
            throw PythonError.type(function + "() takes at most " + parameters.length + " arguments ("
                    + positional.size() + " given)");
        }
        @Nullable Object[] values = new @Nullable Object[parameters.length];
        for (int i = 0; i < positional.size(); i++) {
            values[i] = positional.get(i);
        }
        named.forEach((name, value) -> {
            int index = List.of(parameters).indexOf(name);
            if (index < 0) {
                throw PythonError.type(function + "() got an unexpected keyword argument " + Repr.repr(name));
            }
            if (values[index] != null) {
                throw PythonError.type(function + "() got multiple values for argument " + Repr.repr(name));
            }
            values[index] = value;
        });
        for (int i = 0; i < required; i++) {
            if (values[i] == null) {
                throw PythonError.type(function + "() misses the argument '" + parameters[i].replace("/", "") + "'");
            }
        }
        return values;
    }

    /// @return these without the first `count` positional ones
    public Arguments skip(int count) {
        return new Arguments(positional.subList(count, positional.size()), named);
    }

    public Arguments with(String name, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(named);
        more.put(name, value);
        return new Arguments(positional, more);
    }

    /// @return these behind `first`
    public Arguments after(Object first) {
        List<Object> all = new ArrayList<>(positional.size() + 1);
        all.add(first);
        all.addAll(positional);
        return new Arguments(all, named);
    }
}
