package org.betatron.core.model;

/// A model that gives a number to every response token; their sum over a response is the response's
/// own number.
///
/// A language model gives each token its log-probability. A reward model gives its score of the
/// response to the response's last token and zero to the others. A score is a log-probability too,
/// of being preferred and up to a constant, so whatever learns from whole responses need not know
/// which of the two it trains:
///
/// ```text
/// P(a is preferred to b) = e^score(a) / ( e^score(a) + e^score(b) )        Bradley and Terry 1952
/// ```
///
/// Implementations own native memory and are closed by whoever created them. One thread at a time.
public interface ResponseModel extends AutoCloseable {

    /// Computes the number of every response token, keeping nothing for a later backward pass.
    ///
    /// @param batch groups of a prompt and its responses
    /// @return one number per response token, nats, accumulated in at least single precision
    /// @throws IllegalArgumentException if a token id is outside the vocabulary or a sequence
    ///     exceeds [#maxPositions]
    default TokenLogProbs score(PackedBatch batch) {
        return score(batch, VocabularyRequest.NONE);
    }

    /// As [#score(PackedBatch)], with further numbers of each response token.
    ///
    /// @param request what else is wanted
    /// @throws IllegalArgumentException if the model has no distribution over a vocabulary to take
    ///     them from
    TokenLogProbs score(PackedBatch batch, VocabularyRequest request);

    /// @return number of token ids that the model knows: ids are `0 .. vocabularySize - 1`
    int vocabularySize();

    /// @return longest prompt plus response that the model was built for, tokens
    int maxPositions();

    @Override
    void close();
}
