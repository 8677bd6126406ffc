package org.betatron.training.run;

/// A run that cannot go on, in one sentence for the user: what happened, where, and what to do
/// next.
public final class TrainingException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /// @param message what happened, where and the next action
    public TrainingException(String message) {
        super(message);
    }

    /// @param message what happened, where and the next action
    /// @param cause   what made it happen
    public TrainingException(String message, Throwable cause) {
        super(message, cause);
    }
}
