package org.betatron.training.run;

import java.io.IOException;
import java.nio.file.Path;
import org.betatron.core.model.Optimizer;

/// A whole checkpoint on disk.
///
/// @param directory where it lies
/// @param identity  run that it belongs to
/// @param state     where that run was
public record Checkpoint(Path directory, RunIdentity identity, TrainingState state) {

    static final String MODEL = "model";
    static final String REFERENCE = "reference";
    static final String OPTIMIZER = "optimizer.bin";
    static final String STATE = "state.json";

    /// @return directory of the model and its side files, to be used as any model directory
    public Path modelDirectory() {
        return directory.resolve(MODEL);
    }

    /// @return directory that a reference which follows the policy saved itself into; absent for others
    public Path referenceDirectory() {
        return directory.resolve(REFERENCE);
    }

    /// @return file with the moments of the optimizer
    public Path optimizerFile() {
        return directory.resolve(OPTIMIZER);
    }

    /// Restores the moments into a fresh optimizer of the same kind.
    ///
    /// @throws TrainingException if they cannot be read or do not fit the model
    public void loadOptimizer(Optimizer optimizer) {
        try {
            optimizer.load(optimizerFile());
        } catch (IOException e) {
            throw new TrainingException(
                    "optimizer state " + optimizerFile() + " cannot be restored: " + e.getMessage(), e);
        }
    }
}
