package org.betatron.runs.recipe;

import java.util.List;
import org.betatron.core.model.AdapterSpec;
import org.betatron.core.model.OptimizerSpec;
import org.betatron.training.TrainSpec;

/// What is trained, on what, and how: one kind for each kind of training.
public sealed interface Recipe permits AlignRecipe, PromptedRecipe, RewardRecipe, SftRecipe {

    /// @return Hugging Face directory that training starts from
    String model();

    /// @return which rows are learned from, and which are measured on
    DataSection<?> data();

    /// @return what is trained instead of the model's own weights, if anything
    AdapterSpec adapter();

    /// @return how weights move
    OptimizerSpec optimizer();

    /// @return how long, in which portions
    TrainSpec train();

    /// @return how the machine is used
    ComputeSection compute();

    /// @param type kind of recipe
    /// @return its defaults, which name no model and no files
    static <R extends Recipe> R defaults(Class<R> type) {
        return List.of(
                        AlignRecipe.DEFAULT,
                        RewardRecipe.DEFAULT,
                        SftRecipe.DEFAULT,
                        PolicyRecipe.DEFAULT,
                        OnlineRecipe.DEFAULT)
                .stream()
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(type + " must be one kind of recipe"));
    }
}
