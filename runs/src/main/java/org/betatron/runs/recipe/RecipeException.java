package org.betatron.runs.recipe;

import java.util.List;

/// A recipe that cannot be run, with everything that is wrong with it.
public final class RecipeException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /// @param where    file or options that the recipe came from
    /// @param problems one line each, beginning with the path of the setting
    public RecipeException(String where, List<String> problems) {
        super(
                problems.size() == 1
                        ? where + ": " + problems.getFirst()
                        : where + " has " + problems.size() + " problems:\n  " + String.join("\n  ", problems));
    }
}
