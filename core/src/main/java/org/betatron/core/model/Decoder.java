package org.betatron.core.model;

/// Sequences being decoded together; what their earlier tokens computed is kept.
///
/// Sequences are numbered from 0 in the order in which they begin, numbers are not used again. They
/// join and leave at any time, and one call continues any number of them, each by any number of tokens:
/// prompts and single tokens may go through the model together. What a sequence computes does not depend
/// on the others beyond rounding.
///
/// Owned by whoever started it, to be closed before the model. One thread at a time.
public interface Decoder extends AutoCloseable {

    /// Begins an empty sequence.
    ///
    /// @return its number
    int begin();

    /// Begins a sequence with everything that another one holds: how several answers share a prompt.
    ///
    /// @param sequence number of a live sequence
    /// @return the new sequence's number
    int fork(int sequence);

    /// Appends tokens to sequences.
    ///
    /// @param sequences numbers of different live sequences, `[n]`
    /// @param tokenIds  the next token ids of each, `[n]`, at least one token each
    /// @return for each sequence the logits of the token that follows its last, `[n][vocabularySize]`;
    ///     owned by the caller
    /// @throws IllegalArgumentException if a token id is outside the vocabulary, a sequence would exceed
    ///     the model's positions, or a sequence is named twice; no sequence has changed then
    float[][] append(int[] sequences, int[][] tokenIds);

    /// Appends tokens to one sequence.
    ///
    /// @return logits of the token that follows, `[vocabularySize]`
    default float[] append(int sequence, int... tokenIds) {
        return append(new int[] {sequence}, new int[][] {tokenIds})[0];
    }

    /// @param sequence number of a live sequence
    /// @return tokens that it holds
    int length(int sequence);

    /// Ends a sequence and frees what it holds.
    ///
    /// @param sequence number of a live sequence
    void end(int sequence);

    @Override
    void close();
}
