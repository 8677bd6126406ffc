package org.betatron.data.template.jinja.python;

import org.jspecify.annotations.Nullable;

/// A value with attributes of its own: `loop`, a namespace, a macro.
public interface Attributed {

    /// @return null if there is none of that name
    @Nullable
    Object attribute(String name);

    /// @return Python's name of the type, for errors
    String typeName();
}
