package org.betatron.core.model;

/// A model that gives a number to every response token; their sum over a response is the response's
/// own number.
///
/// A language model gives each token its log-probability, [TokenQuantity#LOG_PROB]. A reward model gives its score of
/// the response to the response's last token and zero to the others, [TokenQuantity#SCORE]. A score is a
/// log-probability too, of being preferred and up to a constant:
///
/// ```text
/// P(a is preferred to b) = e^score(a) / ( e^score(a) + e^score(b) )        Bradley and Terry 1952
/// ```
///
/// Implementations own native memory and are closed by whoever created them. One thread at a time.
public interface ResponseModel extends AutoCloseable {

    /// Computes the numbers of every response token, keeping nothing for a later backward pass.
    ///
    /// @param batch groups of a prompt and its responses
    /// @return numbers of response tokens, accumulated in at least single precision
    /// @throws IllegalArgumentException if a token id is outside the vocabulary or a sequence
    ///     exceeds [#maxPositions]
    TokenNumbers score(PackedBatch batch);

    /// @return number of token ids that the model knows: ids are `0 .. vocabularySize - 1`
    int vocabularySize();

    /// @return longest prompt plus response that the model was built for, tokens
    int maxPositions();

    @Override
    void close();
}
