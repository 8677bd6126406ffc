package org.betatron.evaluation.judge.endpoint;

import java.time.Duration;
import java.util.Optional;

/// A request that was not answered.
final class EndpointFailure extends Exception {

    private static final long serialVersionUID = 1;

    /// What a failure means for other requests, and for this one again.
    enum Kind {
        /// May succeed when repeated.
        PASSING,
        /// This request will fail again; others may succeed.
        REFUSED,
        /// Every request will fail alike.
        HOPELESS
    }

    private final Kind kind;
    private final transient Optional<Duration> wait;

    private EndpointFailure(String message, Kind kind, Optional<Duration> wait) {
        super(message);
        this.kind = kind;
        this.wait = wait;
    }

    static EndpointFailure passing(String message) {
        return new EndpointFailure(message, Kind.PASSING, Optional.empty());
    }

    /// @param status of a response other than 200
    /// @param text   what the endpoint said
    /// @param wait   how long it asks to wait
    static EndpointFailure status(int status, String text, Optional<Duration> wait) {
        Kind kind = switch (status) {
            case 408, 409, 425, 429 -> Kind.PASSING;
            case 401, 402, 403, 404, 405 -> Kind.HOPELESS;
            default -> status >= 500 ? Kind.PASSING : status >= 400 ? Kind.REFUSED : Kind.HOPELESS;
        };
        return new EndpointFailure("the endpoint answered " + status + ": " + text, kind, wait);
    }

    Kind kind() {
        return kind;
    }

    /// @return how long the endpoint asks to wait before the next request
    Optional<Duration> waitAsked() {
        return wait;
    }

    String text() {
        return String.valueOf(getMessage());
    }
}
