package org.betatron.training.run;

/// A directory that no run can be started or resumed in, in one sentence for the user: which, why, and
/// what to do. Nothing has been computed or written by then.
public final class RunDirectoryException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /// @param message which directory, why not, and the next action
    public RunDirectoryException(String message) {
        super(message);
    }
}
