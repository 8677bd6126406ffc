package org.betatron.data.template.jinja.python;

/// A function, macro or method that a template may call.
@FunctionalInterface
public interface Callable {

    /// @throws PythonError if it refuses the arguments
    Object call(Arguments arguments);
}
