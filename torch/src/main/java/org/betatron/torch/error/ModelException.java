package org.betatron.torch.error;

/// A model that cannot be read, built or run: the message says which file, tensor or setting, and what to do.
public final class ModelException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public ModelException(String message) {
        super(message);
    }

    public ModelException(String message, Throwable cause) {
        super(message, cause);
    }
}
