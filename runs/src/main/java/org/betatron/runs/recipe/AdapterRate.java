package org.betatron.runs.recipe;

import java.math.BigDecimal;
import java.util.Set;
import org.betatron.core.model.AdapterSpec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The default learning rate of policies that train an adapter: ten times that of all weights.
///
/// The best rate of LoRA was about ten times that of all weights for every model and task that was
/// measured, policy gradients among them (Schulman and Thinking Machines Lab 2025, LoRA Without
/// Regret). Of runs that learn from own answers only, whose rates are those of papers that train
/// all weights;
/// commands that are older keep the defaults that they had.
final class AdapterRate {

    private AdapterRate() {}

    /// @param tree     of a recipe, with all its defaults
    /// @param explicit paths that the user set
    static void apply(ObjectNode tree, Set<String> explicit) {
        boolean adapts = tree.path("adapter")
                .path(RecipeMapper.TYPE)
                .asString("")
                .equals(RecipeMapper.tag(AdapterSpec.Lora.class));
        JsonNode rate = tree.path("train").path("learningRate");
        if (adapts && !explicit.contains("train.learningRate") && tree.path("train") instanceof ObjectNode train) {
            // As decimal digits: 1e-6 times ten is not 1e-5 in binary ones.
            train.put(
                    "learningRate",
                    BigDecimal.valueOf(rate.asDouble()).scaleByPowerOfTen(1).doubleValue());
        }
    }
}
