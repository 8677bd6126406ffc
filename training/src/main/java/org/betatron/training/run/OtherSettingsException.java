package org.betatron.training.run;

/// A checkpoint or cache that was made with other settings than it is to be used with, in one sentence for the
/// user: what differs, and what to do. It stays as it was.
public final class OtherSettingsException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /// @param message which file, what differs, and the next action
    public OtherSettingsException(String message) {
        super(message);
    }
}
