package org.betatron.spark.submit;

import java.nio.file.Path;
import java.util.List;
import org.betatron.runs.recipe.Recipe;
import org.betatron.runs.recipe.RecipeReader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Settings of a recipe: how rows are read and how models compute.
final class RecipeOptions {

    @Option(
            names = "--recipe",
            paramLabel = "FILE",
            description =
                    "Recipe that says how rows are read (data.fields, data.columns, data.onBadRow, ...) and what a"
                            + " gap is; read on the driver.")
    private @Nullable Path recipe;

    @Option(
            names = "--set",
            paramLabel = "PATH=VALUE",
            description = "Any recipe key, for example data.fields.chosen=good; may be repeated.")
    private List<String> set = List.of();

    /// @throws org.betatron.runs.recipe.RecipeException if a setting cannot be
    <R extends Recipe> R settings(Class<R> type) {
        RecipeReader reader = new RecipeReader();
        if (recipe != null) {
            reader.file(recipe);
        }
        return reader.overrides(set).resolve(type).recipe();
    }
}
