package org.betatron.runs.recipe;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.betatron.runs.place.DataPlace;
import org.betatron.runs.place.ModelName;
import org.betatron.training.run.Settings;

/// A recipe every single setting of which is valid.
///
/// @param recipe   the settings
/// @param yaml     all of them as text, defaults included: reading it again gives the same recipe
/// @param explicit paths that the user set; of a recipe made in Java, those that differ from the
///     defaults
public record Resolved<R extends Recipe>(R recipe, String yaml, Set<String> explicit) {

    /// @return every setting by its path, with the defaults of this version
    public Settings settings() {
        return RecordSettings.of(recipe, Recipe.defaults(recipe.getClass()));
    }

    /// Fetches what the recipe names on the hub, and names the commits, so that the recipe means
    /// the same whenever it is read again.
    ///
    /// @return the recipe itself where it names nothing on the hub
    /// @throws org.betatron.hub.HubException if something cannot be had
    public Resolved<R> pinned() {
        Map<String, Object> pinned = new LinkedHashMap<>();
        pin("model", recipe.model(), pinned);
        if (recipe instanceof AlignRecipe align) {
            pin("reference.model", align.reference().model(), pinned);
        }
        if (recipe instanceof PromptedRecipe prompted) {
            pin("reference.model", prompted.reference().model(), pinned);
        }
        if (recipe instanceof PolicyRecipe policy) {
            pin("critic", policy.critic(), pinned);
        }
        pin("data.files", recipe.data().files(), DataPlace::pinned, pinned);
        pin("data.evaluation", recipe.data().evaluation(), DataPlace::pinnedMeasured, pinned);
        if (pinned.isEmpty()) {
            return this;
        }
        @SuppressWarnings("unchecked") // The class of a recipe is that of its kind.
        Class<R> type = (Class<R>) recipe.getClass();
        return RecipeReader.with(this, type, pinned);
    }

    private static void pin(String path, String model, Map<String, Object> pinned) {
        if (!model.isEmpty() && !ModelName.pinned(model).equals(model)) {
            pinned.put(path, ModelName.pinned(model));
        }
    }

    private static void pin(String path, List<String> data, UnaryOperator<String> pin, Map<String, Object> pinned) {
        List<String> names = data.stream().map(pin).toList();
        if (!names.equals(data)) {
            pinned.put(path, names);
        }
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
