package org.betatron.runs.plan;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.betatron.core.model.AdapterSpec;
import org.betatron.core.model.OptimizerSpec;
import org.betatron.runs.model.ModelPlace;
import org.betatron.runs.model.ModelSource;
import org.betatron.runs.recipe.PolicyRecipe;
import org.betatron.runs.recipe.PromptedRecipe;
import org.betatron.runs.recipe.Recipe;
import org.betatron.runs.recipe.RewardSourceSpec;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.plan.TrainedShape;

/// The memory of models beside the one that is trained: what it is compared with, what says what
/// its answers are worth, and
/// a critic, which trains as well.
///
/// @param recipe          of the run
/// @param shape           of the model that is trained
/// @param besideReference whether a reference has weights of its own
record OtherModels(Recipe recipe, TrainedShape shape, boolean besideReference) {

    List<MemoryPart> parts() {
        List<MemoryPart> parts = new ArrayList<>();
        if (besideReference) {
            parts.add(new MemoryPart("reference", shape.weightBytes()));
        }
        if (recipe instanceof PromptedRecipe prompted) {
            long rewards = prompted.rewards().stream()
                    .filter(RewardSourceSpec.Model.class::isInstance)
                    .map(RewardSourceSpec.Model.class::cast)
                    .mapToLong(model -> weights(at(model.path(), AdapterSpec.None.DEFAULT, ComputeSpec.DEFAULT)))
                    .sum();
            parts.add(new MemoryPart("reward models", rewards));
        }
        if (recipe instanceof PolicyRecipe policy && policy.policy().hasCritic()) {
            String start = policy.critic().isEmpty() ? recipe.model() : policy.critic();
            parts.add(new MemoryPart("critic", trained(at(start, recipe.adapter(), shape.compute()))));
        }
        return parts;
    }

    private TrainedShape at(String model, AdapterSpec adapter, ComputeSpec compute) {
        return new ModelSource(ModelPlace.of(Path.of(model))).trained(recipe, adapter, compute);
    }

    private static long weights(TrainedShape model) {
        return model.weightBytes() + model.adapterBytes();
    }

    /// With gradients and moments; its graphs are there while the policy's are not.
    private long trained(TrainedShape model) {
        long moments = (recipe.optimizer() instanceof OptimizerSpec.RmsProp ? 1L : 2)
                * model.compute().moments().bytes();
        return weights(model) + model.trainable() * (Float.BYTES + moments);
    }
}
