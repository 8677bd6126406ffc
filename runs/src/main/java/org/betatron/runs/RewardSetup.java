package org.betatron.runs;

import java.util.List;
import org.betatron.evaluation.reward.WeightedRewards;

/// What says how good answers are, beside what a recipe names.
///
/// @param parts     sources of the caller's, each with its weight; closed with the run
/// @param confirmed whether the user knows what judges may cost
public record RewardSetup(List<WeightedRewards.Part> parts, boolean confirmed) {

    /// The sources of the recipe alone.
    public static final RewardSetup OF_RECIPE = new RewardSetup(List.of(), false);

    public RewardSetup {
        parts = List.copyOf(parts);
    }

    /// @param parts sources of the caller's
    public static RewardSetup with(WeightedRewards.Part... parts) {
        return new RewardSetup(List.of(parts), false);
    }
}
