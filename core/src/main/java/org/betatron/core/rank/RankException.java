package org.betatron.core.rank;

/// Ranks cannot go on together: one is gone, hangs, or was given something else. The message names
/// it and says what to do.
public final class RankException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public RankException(String message) {
        super(message);
    }

    public RankException(String message, Throwable cause) {
        super(message, cause);
    }
}
