package org.betatron.evaluation.judge;

/// A judge had to give up. Verdicts that it handed over before are valid.
public final class JudgeException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /// @param message what went wrong, and what to do
    public JudgeException(String message) {
        super(message);
    }
}
