/// The training loop and what it is told: the rows of a step, one decision per optimizer batch, one
/// update.
///
/// Main types: [org.betatron.training.Trainer], [org.betatron.training.TrainingJob],
/// [org.betatron.training.LearningRule], [org.betatron.training.RowSource],
/// [org.betatron.training.TrainSpec]. The kinds of rules have rooms of their own.
/// Tensors, files with text, and console output do not belong here.
@NullMarked
package org.betatron.training;

import org.jspecify.annotations.NullMarked;
