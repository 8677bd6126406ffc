/// How the losses of a batch become one number, and how much of each pair's gradient enters it.
@NullMarked
package org.betatron.core.aggregation;

import org.jspecify.annotations.NullMarked;
