package org.betatron.spark;

import java.nio.file.Path;
import org.betatron.runs.recipe.RewardRecipe;

/// How pairs are scored by a reward model.
///
/// @param model  on a file system that all executors see
/// @param recipe how rows are read, and how the model computes
public record RewardScoreRequest(Path model, RewardRecipe recipe) {}
