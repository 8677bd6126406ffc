package org.betatron.core.model;

/// One sequence being decoded token by token; what earlier tokens computed is kept.
///
/// Owned by whoever started it, to be closed before the model. One thread at a time.
public interface Decoder extends AutoCloseable {

    /// Appends tokens to the sequence.
    ///
    /// @param tokenIds the next token ids, at least one
    /// @return logits of the token that follows the last one, `[vocabularySize]`; owned by the caller
    /// @throws IllegalArgumentException if a token id is outside the vocabulary or the sequence exceeds
    ///     the model's positions
    float[] append(int... tokenIds);

    @Override
    void close();
}
