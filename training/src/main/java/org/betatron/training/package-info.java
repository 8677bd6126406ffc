/// The training loop and what it is told: rows in order, one decision per optimizer batch, one
/// update.
///
/// Main types: [org.betatron.training.Trainer], [org.betatron.training.TrainingJob],
/// [org.betatron.training.LearningRule] with its two kinds, [org.betatron.training.TrainSpec].
/// Tensors, files with text, and console output do not belong here.
@NullMarked
package org.betatron.training;

import org.jspecify.annotations.NullMarked;
