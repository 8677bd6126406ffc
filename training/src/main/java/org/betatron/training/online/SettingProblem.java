package org.betatron.training.online;

import java.util.List;

/// Settings that do not go together.
///
/// @param path of the setting in a recipe
/// @param what must hold, what was given, and why
public record SettingProblem(String path, String what) {

    /// @throws IllegalArgumentException with the first, if there is one
    static void require(List<SettingProblem> problems) {
        if (!problems.isEmpty()) {
            SettingProblem first = problems.getFirst();
            throw new IllegalArgumentException(first.path + " " + first.what);
        }
    }
}
