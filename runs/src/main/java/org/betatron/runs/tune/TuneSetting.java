package org.betatron.runs.tune;

import java.util.List;
import java.util.Map;
import org.betatron.runs.recipe.AlignRecipe;
import org.betatron.runs.recipe.Resolved;

/// One point of the grid.
///
/// @param name     as the report calls it
/// @param values   by recipe key
/// @param resolved the recipe as a user would run it
record TuneSetting(String name, Map<String, String> values, Resolved<AlignRecipe> resolved) {

    /// @param values by recipe key
    /// @return values as a reader of recipes takes them
    static List<String> overrides(Map<String, String> values) {
        return values.entrySet().stream()
                .map(value -> value.getKey() + "=" + value.getValue())
                .toList();
    }

    /// @param number of the setting in the grid, from 1
    /// @return name of its directory
    String directory(int number) {
        String plain = name.replaceAll("[^A-Za-z0-9.-]+", "-");
        return "%03d-%s".formatted(number, plain.substring(0, Math.min(60, plain.length())));
    }
}
