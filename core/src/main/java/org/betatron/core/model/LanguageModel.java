package org.betatron.core.model;

/// A causal language model that scores responses.
///
/// Implementations own native memory and are closed by whoever created them. One thread at a time.
public interface LanguageModel extends AutoCloseable {

    /// Computes the log-probability of every response token, keeping nothing for a later backward pass.
    ///
    /// @param batch groups of a prompt and its responses
    /// @return one log-probability per response token, nats, accumulated in at least single precision
    /// @throws IllegalArgumentException if a token id is outside the vocabulary or a sequence exceeds
    ///     [#maxPositions]
    default TokenLogProbs score(PackedBatch batch) {
        return score(batch, VocabularyRequest.NONE);
    }

    /// As [#score(PackedBatch)], with further numbers of each response token.
    ///
    /// @param request what else is wanted
    TokenLogProbs score(PackedBatch batch, VocabularyRequest request);

    /// @return number of token ids that the model knows: ids are `0 .. vocabularySize - 1`
    int vocabularySize();

    /// @return longest prompt plus response that the model was built for, tokens
    int maxPositions();

    /// Starts to decode.
    ///
    /// @return a decoder without any sequence yet; to be closed before the model
    Decoder startDecoding();

    @Override
    void close();
}
