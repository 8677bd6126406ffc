package org.betatron.spark.barrier;

/// The ranks of a run could not begin or end it. The message is the line of the rank that knew why.
public final class RankedRunException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean wrongInput;

    /// @param wrongInput whether what was given is wrong
    RankedRunException(String message, boolean wrongInput) {
        super(message);
        this.wrongInput = wrongInput;
    }

    /// @return whether what was given is wrong, so that trying again is in vain
    public boolean isWrongInput() {
        return wrongInput;
    }
}
