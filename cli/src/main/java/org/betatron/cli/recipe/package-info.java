/// Recipes: one text file describes one run.
///
/// A recipe is data. It is merged over defaults that live beside the records they fill, checked as a
/// whole, and all problems are reported together. Main types: [org.betatron.cli.recipe.RecipeReader],
/// [org.betatron.cli.recipe.AlignRecipe], [org.betatron.cli.recipe.SftRecipe].
@NullMarked
package org.betatron.cli.recipe;

import org.jspecify.annotations.NullMarked;
