package org.betatron.spark;

import java.nio.file.Path;
import org.betatron.runs.recipe.AlignRecipe;
import org.betatron.runs.score.ScoreRun;
import org.jspecify.annotations.Nullable;

/// How pairs are scored by a model and what it is compared with.
///
/// @param model     of the policy, on a file system that all executors see
/// @param reference what it is compared with; null where the objective compares with nothing
/// @param recipe    how rows are read, what a gap is, how the models compute
public record ScoreRequest(Path model, @Nullable Path reference, AlignRecipe recipe) {

    public ScoreRequest {
        if ((reference == null) == ScoreRun.needsReference(recipe)) {
            throw new IllegalArgumentException(
                    reference == null
                            ? "reference must be given: the objective compares with it"
                            : "reference has no effect: the recipe's objective compares with nothing");
        }
    }
}
