package org.betatron.evaluation.reward;

/// A source of rewards failed, or said what no reward can be. Nothing can be learned from the
/// answers.
public final class RewardException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /// @param message which source, on which prompt, what went wrong, and what to do; one line
    public RewardException(String message) {
        super(message);
    }

    /// @param message as above
    /// @param cause   what the source threw
    public RewardException(String message, Throwable cause) {
        super(message, cause);
    }
}
