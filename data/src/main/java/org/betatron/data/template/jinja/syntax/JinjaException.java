package org.betatron.data.template.jinja.syntax;

/// A template that cannot be read or rendered. The message is one line and names the template's line
/// where one is known.
public final class JinjaException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean isRaisedByTemplate;

    private JinjaException(String message, boolean isRaisedByTemplate, Throwable cause) {
        super(message, cause);
        this.isRaisedByTemplate = isRaisedByTemplate;
    }

    private JinjaException(String message, boolean isRaisedByTemplate) {
        super(message);
        this.isRaisedByTemplate = isRaisedByTemplate;
    }

    /// @param line of the template, from 1
    public static JinjaException at(int line, String message) {
        return new JinjaException("line " + line + ": " + message, false);
    }

    public static JinjaException at(int line, Throwable cause) {
        return new JinjaException("line " + line + ": " + cause.getMessage(), false, cause);
    }

    /// What the template says with `raise_exception`.
    public static JinjaException raised(String message) {
        return new JinjaException(message, true);
    }

    /// @return whether the template itself refuses what it is given
    public boolean isRaisedByTemplate() {
        return isRaisedByTemplate;
    }
}
