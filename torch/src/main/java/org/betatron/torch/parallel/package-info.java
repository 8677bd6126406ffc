/// Parts of a batch side by side on one machine, with the same result every time.
@NullMarked
package org.betatron.torch.parallel;

import org.jspecify.annotations.NullMarked;
