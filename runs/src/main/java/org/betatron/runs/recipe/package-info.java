/// Recipes: one text file, or one record, describes one run.
///
/// A recipe is data. It is merged over defaults that live beside the records they fill, checked as a
/// whole, and all problems are reported together. Main types: [org.betatron.runs.recipe.RecipeReader],
/// [org.betatron.runs.recipe.AlignRecipe], [org.betatron.runs.recipe.SftRecipe].
@NullMarked
package org.betatron.runs.recipe;

import org.jspecify.annotations.NullMarked;
