package org.betatron.hub;

import org.jspecify.annotations.Nullable;

/// Something could not be had from the hub. The message is one complete line for a user.
public final class HubException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Cause kind;

    /// Who has to do something about it.
    public enum Cause {
        /// What was asked for does not exist, or may not be had.
        ASKED,
        /// The hub cannot be reached, fails, or sends what cannot be right; or the disk is full.
        FAILED
    }

    public HubException(Cause kind, String message) {
        this(kind, message, null);
    }

    public HubException(Cause kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Cause kind() {
        return kind;
    }

    static HubException asked(String message) {
        return new HubException(Cause.ASKED, message);
    }

    static HubException failed(String message) {
        return new HubException(Cause.FAILED, message);
    }

    static HubException failed(String message, Throwable cause) {
        return new HubException(Cause.FAILED, message, cause);
    }
}
