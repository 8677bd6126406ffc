package org.betatron.runs.recipe;

import java.nio.file.Path;
import java.util.Set;
import org.betatron.training.run.Settings;

/// A recipe every single setting of which is valid.
///
/// @param recipe   the settings
/// @param yaml     all of them as text, defaults included: reading it again gives the same recipe
/// @param explicit paths that the user set; of a recipe made in Java, those that differ from the defaults
public record Resolved<R extends Recipe>(R recipe, String yaml, Set<String> explicit) {

    /// @return every setting by its path, with the defaults of this version
    public Settings settings() {
        return RecordSettings.of(recipe, Recipe.defaults(recipe.getClass()));
    }

    /// @param recipe one that was made in Java
    /// @throws RecipeException if it cannot be written down so that it reads back
    public static <R extends Recipe> Resolved<R> of(R recipe) {
        return new RecipeReader().resolve(recipe);
    }

    /// @param file recipe
    /// @param type kind of recipe
    /// @throws RecipeException if it cannot be read
    public static <R extends Recipe> Resolved<R> read(Path file, Class<R> type) {
        return new RecipeReader().file(file).resolve(type);
    }
}
