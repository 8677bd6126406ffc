package org.betatron.runs.tune;

import java.nio.file.Path;
import java.util.List;
import org.betatron.core.sampling.SamplingSpec;
import org.betatron.generation.GenerationSpec;
import org.betatron.runs.recipe.AlignRecipe;
import org.betatron.runs.recipe.RecordSettings;
import org.betatron.training.run.Settings;

/// The pairs that settings are compared on, and how their prompts are answered.
///
/// @param recipe       of any of the settings: its model is where all start, and its evaluation
///     files are read as it
///     says
/// @param limit        most pairs, from the first; 0 for all
/// @param samples      answers to each prompt
/// @param maxNewTokens most tokens of an answer
public record HeldOutPairs(AlignRecipe recipe, int limit, int samples, int maxNewTokens) {

    public HeldOutPairs {
        if (limit < 0) {
            throw new IllegalArgumentException("the limit of pairs must be at least 0 but was " + limit);
        }
    }

    /// @return the model that all settings start from, and that distances are taken from
    Path start() {
        return Path.of(recipe.model());
    }

    List<Path> files() {
        return recipe.data().evaluationPaths();
    }

    /// @return how answers are drawn: unchanged, so that their log-ratios estimate the divergence,
    ///     and with the same
    ///     random numbers for every setting
    GenerationSpec generation() {
        return new GenerationSpec(
                SamplingSpec.DEFAULT,
                samples,
                maxNewTokens,
                List.of(),
                GenerationSpec.DEFAULT.batchSize(),
                GenerationSpec.DEFAULT.seed());
    }

    Settings settings() {
        return RecordSettings.of(generation(), GenerationSpec.DEFAULT).with("limit", Integer.toString(limit));
    }
}
