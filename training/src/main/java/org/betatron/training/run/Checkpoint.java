package org.betatron.training.run;

import java.io.IOException;
import java.nio.file.Path;
import org.betatron.core.model.Optimizer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// A whole checkpoint on disk.
///
/// @param directory where it lies
/// @param identity  what it says of the run that it belongs to
/// @param state     where that run was
/// @param memory    what the run's rule remembered, in the rule's own [StateFormat]
public record Checkpoint(Path directory, RecordedIdentity identity, TrainingState state, JsonNode memory) {

    static final String REFERENCE = "reference";
    static final String STATE = "state.json";
    private static final String OPTIMIZER = "optimizer.bin";

    /// @return directory of the model that the run is about and its side files, to be used as any model directory
    public Path modelDirectory() {
        return modelDirectory(Learner.MAIN);
    }

    /// @param name of a [Learner]
    /// @return directory of that model
    public Path modelDirectory(String name) {
        return directory.resolve(name);
    }

    /// @return directory that a reference which follows the policy saved itself into; absent for others
    public Path referenceDirectory() {
        return directory.resolve(REFERENCE);
    }

    /// @param name of a [Learner]
    /// @return file with the moments of its optimizer
    public Path optimizerFile(String name) {
        return directory.resolve(optimizerFileName(name));
    }

    static String optimizerFileName(String name) {
        return name.equals(Learner.MAIN) ? OPTIMIZER : name + "." + OPTIMIZER;
    }

    /// Restores the moments into fresh optimizers of the same kind.
    ///
    /// @throws TrainingException if they cannot be read or do not fit the model
    public void restore(Learner learner) {
        Path file = optimizerFile(learner.name());
        Optimizer optimizer = learner.optimizer();
        try {
            optimizer.load(file);
        } catch (IOException e) {
            throw new TrainingException("optimizer state " + file + " cannot be restored: " + e.getMessage(), e);
        }
    }

    /// @param format of the run's rule
    /// @return what the rule remembered
    /// @throws TrainingException if it is damaged, or another rule's
    public <S> S memory(StateFormat<S> format) {
        try {
            return format.read(memory);
        } catch (JacksonException | IllegalArgumentException e) {
            throw damaged(directory, "what the rule remembered is damaged: " + e.getMessage(), e);
        }
    }

    static TrainingException damaged(Path checkpoint, String what, Exception cause) {
        return new TrainingException(
                checkpoint.resolve(STATE) + " cannot be understood: " + what + "; delete " + checkpoint
                        + " to resume from the checkpoint before it",
                cause);
    }
}
