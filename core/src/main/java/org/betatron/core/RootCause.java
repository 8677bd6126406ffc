package org.betatron.core;

/// What lies under a failure.
public final class RootCause {

    private RootCause() {}

    /// @return the first line of the innermost message
    public static String line(Throwable problem) {
        Throwable cause = problem;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return String.valueOf(cause.getMessage()).lines().findFirst().orElse("for no reason that it names");
    }
}
