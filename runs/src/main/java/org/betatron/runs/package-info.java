/// Runs that train: where recipes meet data, models and training, and everything that a run needs is opened and
/// closed. What a run asks for, tells while it goes on, and returns.
@NullMarked
package org.betatron.runs;

import org.jspecify.annotations.NullMarked;
