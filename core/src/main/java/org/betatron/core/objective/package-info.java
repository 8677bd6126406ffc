/// Preference objectives: summed response log-probabilities and a beta per pair in, a loss per pair and
/// its derivatives out.
///
/// Main types: [org.betatron.core.objective.Objective], [org.betatron.core.objective.ObjectiveSpec],
/// [org.betatron.core.objective.ObjectiveValue]. Which pairs count, how sharp beta is and how losses
/// become one number are decided elsewhere.
@NullMarked
package org.betatron.core.objective;

import org.jspecify.annotations.NullMarked;
