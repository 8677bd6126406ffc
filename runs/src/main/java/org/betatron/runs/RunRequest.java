package org.betatron.runs;

import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import org.betatron.runs.recipe.RecipeReader.Resolved;

/// A run to be carried out.
///
/// @param resolved      its recipe
/// @param out           its directory
/// @param resuming      whether it goes on from its last checkpoint
/// @param display       where progress is shown
/// @param stopRequested asked between steps
public record RunRequest<R>(
        Resolved<R> resolved, Path out, boolean resuming, Display display, BooleanSupplier stopRequested) {

    public R recipe() {
        return resolved.recipe();
    }
}
