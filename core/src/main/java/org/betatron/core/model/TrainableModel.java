package org.betatron.core.model;

import java.io.IOException;
import java.nio.file.Path;

/// A model whose weights can be learned.
///
/// The gradient is a property of the model: [ForwardPass#backward] adds to it, [Optimizer#step] uses it
/// and clears it.
public interface TrainableModel extends ResponseModel {

    /// Computes the number of every response token and keeps what the backward pass needs.
    ///
    /// @param batch groups of a prompt and its responses
    /// @return the pass; to be closed by the caller, at the latest before the next optimizer step
    /// @throws IllegalArgumentException as [#score]
    default ForwardPass forward(PackedBatch batch) {
        return forward(batch, VocabularyRequest.NONE);
    }

    /// As [#forward(PackedBatch)], with further numbers of each response token.
    ///
    /// @param request what else is wanted; its reference must stay open until the pass is closed
    ForwardPass forward(PackedBatch batch, VocabularyRequest request);

    /// Estimates what one forward pass keeps in memory until it is closed, or several with as many tokens
    /// together.
    ///
    /// @param numTokens tokens of prompts and responses, ≥ 0
    /// @return bytes; right within a factor of about one and a half
    long graphBytes(long numTokens);

    /// Moves every weight towards that of another model of the same shape:
    /// `weight += share * (other - weight)`.
    ///
    /// @param other the model to follow, of the same kind and shape
    /// @param share in (0, 1]; 1 copies
    /// @throws IllegalArgumentException if the models differ in kind or shape
    void moveTowards(TrainableModel other, double share);

    /// Writes the model as a Hugging Face directory (`config.json`, `model.safetensors` or shards with
    /// an index).
    ///
    /// @param directory existing directory to write into
    /// @throws IOException if a file cannot be written; files already complete in the directory stay whole
    void save(Path directory) throws IOException;
}
