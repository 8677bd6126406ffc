package org.betatron.core.model;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/// Turns a model's gradient into an update of its weights.
///
/// Owns its moments (native memory) and is closed before the model. One thread at a time.
public interface Optimizer extends AutoCloseable {

    /// Lends the accumulated gradient of every weight that trains, one after the other, to be
    /// looked at or changed in place between the backward passes and [#gradientNorm]. The order is
    /// the same for all models of one shape.
    ///
    /// @param change gets the numbers of one weight's gradient; zeros where nothing was accumulated
    void changeGradients(Consumer<float[]> change);

    /// Adds up the gradients of all ranks, where there are several, and measures the sum. Called
    /// once between the backward passes and [#step].
    ///
    /// @return Euclidean norm of the gradient over all weights, before any clipping; 0 where
    ///     nothing was accumulated
    double gradientNorm();

    /// Updates the weights with the accumulated gradient and clears it.
    ///
    /// @param learningRate step size of this update, ≥ 0
    /// @param gradientScale factor on the gradient before it is used, in (0, 1]: how clipping is
    ///     applied
    void step(double learningRate, double gradientScale);

    /// @param file where the moments of all ranks go; written beside and moved into place
    void save(Path file) throws IOException;

    /// Gives what this rank has of the moments to the one that saves them, which calls [#save]
    /// meanwhile.
    default void contribute() {}

    /// @param file moments written by [#save] for a model of the same shape
    /// @throws IOException if the file cannot be read or does not fit the model
    void load(Path file) throws IOException;

    @Override
    void close();
}
