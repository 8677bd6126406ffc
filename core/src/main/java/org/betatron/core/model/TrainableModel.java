package org.betatron.core.model;

import java.io.IOException;
import java.nio.file.Path;

/// A language model whose weights can be learned.
///
/// The gradient is a property of the model: [ForwardPass#backward] adds to it, [Optimizer#step] uses it
/// and clears it.
public interface TrainableModel extends LanguageModel {

    /// Computes the log-probability of every response token and keeps what the backward pass needs.
    ///
    /// @param batch groups of a prompt and its responses
    /// @return the pass; to be closed by the caller, at the latest before the next optimizer step
    /// @throws IllegalArgumentException as [#score]
    ForwardPass forward(PackedBatch batch);

    /// Writes the model as a Hugging Face directory (`config.json`, `model.safetensors` or shards with
    /// an index).
    ///
    /// @param directory existing directory to write into
    /// @throws IOException if a file cannot be written; files already complete in the directory stay whole
    void save(Path directory) throws IOException;
}
