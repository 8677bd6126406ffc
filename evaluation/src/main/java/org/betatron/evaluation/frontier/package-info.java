/// True reward against the distance from where training started: what methods reach at the same distance.
@NullMarked
package org.betatron.evaluation.frontier;

import org.jspecify.annotations.NullMarked;
