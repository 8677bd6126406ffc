/// Runs: where recipes meet data, models and training, and everything that a run needs is opened and closed.
@NullMarked
package org.betatron.runs;

import org.jspecify.annotations.NullMarked;
