package org.betatron.training.run;

import java.util.Objects;

/// What makes two runs the same run, so that one may continue the other.
///
/// @param recipeHash hash of the resolved recipe
/// @param dataKey    fingerprint of the training rows as they reach the model: files, template,
///     truncation
/// @param seed       seed of the run
public record RunIdentity(String recipeHash, String dataKey, long seed) {

    public RunIdentity {
        // Read from JSON, which may lack either.
        Objects.requireNonNull(recipeHash, "recipeHash");
        Objects.requireNonNull(dataKey, "dataKey");
    }

    /// @param saved identity that a checkpoint holds
    /// @param where the checkpoint, for the message
    /// @throws TrainingException if this run is another one, naming the part that differs
    public void requireSame(RunIdentity saved, String where) {
        require("recipe", saved.recipeHash, recipeHash, where);
        require("training data", saved.dataKey, dataKey, where);
        require("seed", Long.toString(saved.seed), Long.toString(seed), where);
    }

    private static void require(String part, String saved, String given, String where) {
        if (!saved.equals(given)) {
            throw new TrainingException(
                    where + " cannot be resumed: it belongs to another " + part + " (" + saved + ", this run has "
                            + given + "); resume with what the run was started with, or start a new run in another"
                            + " directory");
        }
    }
}
