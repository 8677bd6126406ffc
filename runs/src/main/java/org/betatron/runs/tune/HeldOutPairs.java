package org.betatron.runs.tune;

import java.nio.file.Path;
import java.util.List;
import org.betatron.core.alignment.AlignmentSpec;
import org.betatron.core.objective.ObjectiveSpec;
import org.betatron.core.sampling.SamplingSpec;
import org.betatron.generation.GenerationSpec;
import org.betatron.runs.recipe.AlignRecipe;
import org.betatron.runs.recipe.ComputeSection;
import org.betatron.runs.recipe.RecordSettings;
import org.betatron.training.run.Settings;

/// The pairs that settings are compared on, and how their prompts are answered.
///
/// @param recipe       of any of the settings: its model is where all start, and its evaluation
///     files are read as it says
/// @param limit        most pairs, from the first; 0 for all
/// @param samples      answers to each prompt
/// @param maxNewTokens most tokens of an answer
public record HeldOutPairs(AlignRecipe recipe, int limit, int samples, int maxNewTokens) {

    /// At a beta of 1 the gap of a pair is the difference of its log-ratios.
    private static final AlignmentSpec LOG_RATIOS = new AlignmentSpec(
            new ObjectiveSpec.Dpo(1),
            AlignmentSpec.DPO.calibration(),
            AlignmentSpec.DPO.selection(),
            AlignmentSpec.DPO.aggregation(),
            AlignmentSpec.DPO.gap());

    public HeldOutPairs {
        if (limit < 0) {
            throw new IllegalArgumentException("the limit of pairs must be at least 0 but was " + limit);
        }
    }

    /// @return the model that all settings start from, and that distances are taken from
    Path start() {
        return Path.of(recipe.model());
    }

    /// @return how pairs are scored: in full precision, whatever models are trained in
    AlignRecipe scoring() {
        ComputeSection usual = ComputeSection.DEFAULT;
        ComputeSection given = recipe.compute();
        return recipe.withAlignment(LOG_RATIOS)
                .withCompute(new ComputeSection(
                        given.device(),
                        usual.precision(),
                        usual.weights(),
                        usual.base(),
                        given.threads(),
                        usual.saveAs(),
                        usual.keptLogitsMiB(),
                        usual.shortLastLayer(),
                        usual.recompute(),
                        usual.moments(),
                        usual.lanes()));
    }

    List<Path> files() {
        return recipe.data().evaluationPaths();
    }

    /// @return how answers are drawn: unchanged, so that their log-ratios estimate the divergence,
    ///     and with the same random numbers for every setting
    GenerationSpec generation() {
        return GenerationSpec.DEFAULT
                .withSampling(SamplingSpec.DEFAULT)
                .withSamples(samples)
                .withMaxNewTokens(maxNewTokens);
    }

    Settings settings() {
        return RecordSettings.of(generation(), GenerationSpec.DEFAULT).with("limit", Integer.toString(limit));
    }
}
