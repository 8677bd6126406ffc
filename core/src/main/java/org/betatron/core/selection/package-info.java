/// Which pairs of a batch count: reward gaps in, a weight of zero or one per pair out.
@NullMarked
package org.betatron.core.selection;

import org.jspecify.annotations.NullMarked;
