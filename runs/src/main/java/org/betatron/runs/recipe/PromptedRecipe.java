package org.betatron.runs.recipe;

import java.util.List;
import org.betatron.training.online.RolloutSpec;
import org.betatron.training.online.StopSpec;

/// Training on what the model itself writes: the rows of the data are prompts.
public sealed interface PromptedRecipe extends Recipe permits OnlineRecipe, PolicyRecipe {

    /// @return what answers are worth
    List<RewardSourceSpec> rewards();

    /// @return how they are written
    RolloutSpec rollout();

    /// @return where it ends before all steps are done
    StopSpec stop();

    /// @return what the policy is compared with
    ReferenceSection reference();

    /// @return whether the data's own answers are learned from, too
    boolean readsAnswers();

    /// @return prompts of a rollout, ≥ 1
    int promptsAtOnce();

    /// @return whether a model has to run beside the policy to be compared with
    boolean needsReference();
}
