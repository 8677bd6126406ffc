package org.betatron.data;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A file or model directory that cannot be used. The message is one complete line for a user:
/// where (`file:line` when known), what is required, what was found; lines may follow where it is about
/// several rows.
public final class DataException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final List<String> details;

    public DataException(String message) {
        this(message, List.of());
    }

    /// @param details one line each, of which the message is the head
    public DataException(String message, List<String> details) {
        super(message);
        this.details = List.copyOf(details);
    }

    public DataException(String message, @Nullable Throwable cause) {
        super(message, cause);
        this.details = List.of();
    }

    /// @return lines that follow the message; mostly none
    public List<String> details() {
        return details;
    }
}
