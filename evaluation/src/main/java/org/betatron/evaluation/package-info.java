/// What a run looked like: its metrics, read back and plotted. What answers are worth is in the packages below.
@NullMarked
package org.betatron.evaluation;

import org.jspecify.annotations.NullMarked;
