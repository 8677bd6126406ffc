package org.betatron.core.model;

/// A causal language model: scores responses by their log-probability, and writes.
public interface LanguageModel extends ResponseModel {

    /// Starts to decode.
    ///
    /// @return a decoder without any sequence yet; to be closed before the model
    Decoder startDecoding();
}
