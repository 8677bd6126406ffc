package org.betatron.training.run;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/// What a checkpoint says of the run that it belongs to.
public sealed interface RecordedIdentity {

    /// @return fingerprint of the training rows
    String dataKey();

    /// As checkpoints are written.
    ///
    /// @param settings every setting of the recipe, by path
    /// @param dataKey  fingerprint of the training rows
    record BySettings(Map<String, String> settings, String dataKey) implements RecordedIdentity {

        public BySettings {
            // Read from JSON, which may lack either.
            Objects.requireNonNull(settings, "settings");
            Objects.requireNonNull(dataKey, "dataKey");
            settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        }
    }

    /// As the first version wrote it.
    ///
    /// @param recipeHash fingerprint of the text of the run's recipe file
    /// @param dataKey    fingerprint of the training rows
    record ByRecipe(String recipeHash, String dataKey) implements RecordedIdentity {

        public ByRecipe {
            // Read from JSON, which may lack either.
            Objects.requireNonNull(recipeHash, "recipeHash");
            Objects.requireNonNull(dataKey, "dataKey");
        }
    }
}
