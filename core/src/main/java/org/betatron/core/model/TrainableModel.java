package org.betatron.core.model;

import java.io.IOException;
import java.nio.file.Path;

/// A model whose weights can be learned.
///
/// The gradient is a property of the model: [ForwardPass#backward] adds to it, [Optimizer#step] uses it
/// and clears it.
public interface TrainableModel extends DifferentiableModel {

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
