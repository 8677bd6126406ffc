package org.betatron.runs.recipe;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.betatron.core.alignment.Alignment;
import org.betatron.training.run.Fingerprint;
import org.betatron.training.run.Settings;

/// Lets runs of many recipes share reference log-probs: those with the same model, the same rows
/// and the same precision find the same directory.
public final class SharedReferences {

    private static final int NAME_LENGTH = 16;

    private static final Set<String> COMPUTED_WITH =
            Set.of("model", "reference.model", "rows", "compute.precision", "compute.weights", "compute.base");

    private SharedReferences() {}

    /// @param directory in which log-probs are kept, a directory for each that differ
    /// @return the same recipe with its place there; the recipe itself where it names a place of
    ///     its own or keeps no log-probs
    public static Resolved<AlignRecipe> in(Path directory, Resolved<AlignRecipe> resolved) {
        AlignRecipe recipe = resolved.recipe();
        Alignment alignment = recipe.alignment().create();
        if (!alignment.inputs().needsReference()
                || recipe.reference().isLive(alignment)
                || !recipe.reference().cache().isEmpty()) {
            return resolved;
        }
        boolean splits = recipe.data().evaluation().isEmpty();
        Settings scored = resolved.settings()
                .only(name -> COMPUTED_WITH.contains(name)
                        || (name.startsWith("data.") && !name.equals("data.batches"))
                        || (splits && name.equals("train.seed")));
        boolean isAnswers = recipe.rows().isAnswers(alignment.objective().rows());
        String name = Fingerprint.of(scored.values() + " " + isAnswers).substring(0, NAME_LENGTH);
        return RecipeReader.with(
                resolved,
                AlignRecipe.class,
                Map.of("reference.cache", directory.resolve("reference-" + name).toString()));
    }
}
