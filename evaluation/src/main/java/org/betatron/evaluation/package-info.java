/// What a trained model does and what a run looked like: generation, and plots of metrics.
@NullMarked
package org.betatron.evaluation;

import org.jspecify.annotations.NullMarked;
