/// Learning from pairs: what is read of them, one decision for a batch by gap, weight and beta, and the
/// same numbers for held-out rows.
@NullMarked
package org.betatron.training.preference;

import org.jspecify.annotations.NullMarked;
