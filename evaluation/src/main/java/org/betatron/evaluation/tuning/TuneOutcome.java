package org.betatron.evaluation.tuning;

import java.util.List;
import java.util.Map;
import org.betatron.evaluation.comparison.Estimate;

/// What a tuning came to: `tune.json`.
///
/// @param by            what settings were chosen by
/// @param limit         divergence that is allowed at the end, nats per answer
/// @param chosen        name of the setting
/// @param values        its recipe keys
/// @param value         measure by which it was chosen
/// @param kl            divergence there, nats per answer
/// @param length        steps of the recipe that was written
/// @param notWorse      settings whose interval holds that measure
/// @param runSteps      steps of a whole run
/// @param settings      how many there were
/// @param rungs         where they were compared
/// @param trainedSteps  steps of all runs together
/// @param seconds       of training and measuring together
public record TuneOutcome(
        String by,
        double limit,
        String chosen,
        Map<String, String> values,
        Estimate value,
        double kl,
        long length,
        List<String> notWorse,
        long runSteps,
        int settings,
        List<Halving.Rung> rungs,
        long trainedSteps,
        double seconds) {

    public TuneOutcome {
        values = Map.copyOf(values);
        notWorse = List.copyOf(notWorse);
        rungs = List.copyOf(rungs);
    }

    /// @return steps if every setting had run to its end
    public long gridSteps() {
        return settings * runSteps;
    }
}
