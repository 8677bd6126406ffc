/// Which pairs are probably labelled the wrong way round, by the gap that a model sees between their answers.
@NullMarked
package org.betatron.evaluation.suspicion;

import org.jspecify.annotations.NullMarked;
