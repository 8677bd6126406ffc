package org.betatron.data.template.jinja.python;

/// An operation that Python refuses. Who evaluates a template adds the line.
public final class PythonError extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String type;

    private PythonError(String type, String message) {
        super(message, null, false, false);
        this.type = type;
    }

    /// An operation on a value of a type that has none such.
    public static PythonError type(String message) {
        return new PythonError("TypeError", message);
    }

    /// An operation on an unsuitable value.
    public static PythonError value(String message) {
        return new PythonError("ValueError", message);
    }

    /// Use of an undefined value.
    public static PythonError undefined(String message) {
        return new PythonError("UndefinedError", message);
    }

    /// Everything that no filter catches.
    public static PythonError other(String type, String message) {
        return new PythonError(type, message);
    }

    /// @return whether it is one of those that `int` and `float` answer with their default
    public boolean isTypeOrValue() {
        return type.equals("TypeError") || type.equals("ValueError");
    }

    public boolean isType() {
        return type.equals("TypeError");
    }
}
