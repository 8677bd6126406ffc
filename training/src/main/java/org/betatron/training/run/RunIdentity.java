package org.betatron.training.run;

import java.util.ArrayList;
import java.util.List;
import org.betatron.training.run.RecordedIdentity.ByRecipe;
import org.betatron.training.run.RecordedIdentity.BySettings;

/// What makes two runs the same run, so that one may continue the other.
///
/// @param settings   of its recipe, the seed among them
/// @param recipeHash fingerprint of the text of its recipe file, which is all that checkpoints of the first
///     version recorded
/// @param dataKey    fingerprint of the training rows as they reach the model: files, template,
///     truncation
public record RunIdentity(Settings settings, String recipeHash, String dataKey) {

    /// @return what a checkpoint of this run says of it
    public RecordedIdentity recorded() {
        return new BySettings(settings.values(), dataKey);
    }

    /// @param saved what a checkpoint says
    /// @param where the checkpoint, for the message
    /// @throws OtherSettingsException if this run is another one, naming everything that differs
    public void requireSame(RecordedIdentity saved, String where) {
        List<String> differences = new ArrayList<>(
                switch (saved) {
                    case BySettings(var recorded, var _) -> settings.differencesFrom(recorded);
                    // The settings have just been read from that file, by this version.
                    case ByRecipe(String hash, var _) ->
                        hash.equals(recipeHash)
                                ? List.<String>of()
                                : List.of("its recipe.yaml was changed since the run was begun");
                });
        if (!saved.dataKey().equals(dataKey)) {
            differences.add(
                    "the training rows are others (fingerprint " + saved.dataKey() + " then, " + dataKey + " now)");
        }
        if (!differences.isEmpty()) {
            throw new OtherSettingsException(where + " cannot be resumed: " + String.join("; ", differences)
                    + "; resume with what the run was started with, or start a new run in another directory");
        }
    }
}
