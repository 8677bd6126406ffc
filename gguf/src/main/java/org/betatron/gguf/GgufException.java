package org.betatron.gguf;

/// A file that is no whole GGUF file, or holds something that cannot be read. Messages begin with
/// the file.
public final class GgufException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public GgufException(String message) {
        super(message);
    }

    public GgufException(String message, Throwable cause) {
        super(message, cause);
    }
}
