package org.betatron.spark.barrier;

import java.nio.file.Path;
import java.util.List;
import org.betatron.runs.place.HubPlaces;
import org.betatron.runs.recipe.AlignRecipe;
import org.betatron.runs.recipe.Recipe;
import org.betatron.runs.recipe.RecipeReader;
import org.betatron.runs.recipe.Resolved;
import org.jspecify.annotations.Nullable;

/// Names the places of a recipe so that they mean the same in executors, whose working directories
/// differ.
final class AbsolutePaths {

    private AbsolutePaths() {}

    /// @return the recipe with absolute paths; names on the hub stay
    static <R extends Recipe> Resolved<R> of(Resolved<R> resolved) {
        R recipe = resolved.recipe();
        RecipeReader reader = new RecipeReader()
                .text("recipe", resolved.yaml())
                .option("model", absolute(recipe.model()))
                .option("data.files", absolute(recipe.data().files()))
                .option("data.evaluation", absolute(recipe.data().evaluation()));
        if (recipe instanceof AlignRecipe align) {
            reader.option("reference.model", absolute(align.reference().model()))
                    .option("reference.cache", absolute(align.reference().cache()));
        }
        @SuppressWarnings("unchecked") // The class of a recipe is that of its kind.
        Class<R> type = (Class<R>) recipe.getClass();
        return reader.resolve(type);
    }

    private static @Nullable List<String> absolute(List<String> paths) {
        return paths.isEmpty()
                ? null
                : paths.stream().map(AbsolutePaths::absoluteOne).toList();
    }

    private static @Nullable String absolute(String path) {
        return path.isEmpty() ? null : absoluteOne(path);
    }

    private static String absoluteOne(String path) {
        return HubPlaces.of(path).isPresent()
                ? path
                : Path.of(path).toAbsolutePath().normalize().toString();
    }
}
