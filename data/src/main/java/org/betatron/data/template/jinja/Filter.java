package org.betatron.data.template.jinja;

import org.betatron.data.template.jinja.python.Arguments;

/// What `value | name(arguments)` does.
@FunctionalInterface
interface Filter {

    /// @throws org.betatron.data.template.jinja.python.PythonError if it refuses them
    Object apply(Rendering rendering, Object value, Arguments arguments);
}
