package org.betatron.spark;

import java.nio.file.Path;
import org.betatron.runs.recipe.AlignRecipe;

/// How a reference says log-probs of pairs.
///
/// @param model  on a file system that all executors see
/// @param recipe how rows are read, and how the model computes
public record ReferenceRequest(Path model, AlignRecipe recipe) {}
