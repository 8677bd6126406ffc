package org.betatron.data;

import org.jspecify.annotations.Nullable;

/// A file or model directory that cannot be used. The message is one complete line for a user: where
/// (`file:line` when known), what is required, what was found.
public final class DataException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public DataException(String message) {
        super(message);
    }

    public DataException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
