package org.betatron.core.model;

/// A causal language model: scores responses by their log-probability, and writes.
public interface LanguageModel extends ResponseModel {

    /// As [#score(PackedBatch)], with further numbers of each response token.
    ///
    /// @param request what is wanted beside log-probabilities
    TokenNumbers score(PackedBatch batch, VocabularyRequest request);

    @Override
    default TokenNumbers score(PackedBatch batch) {
        return score(batch, VocabularyRequest.NONE);
    }

    /// @param request what is wanted of every batch beside log-probabilities
    /// @return this model, borrowed, as one that always computes that
    default ResponseModel asking(VocabularyRequest request) {
        return new AskedModel(this, request);
    }

    /// Starts to decode.
    ///
    /// @return a decoder without any sequence yet; to be closed before the model
    Decoder startDecoding();
}
