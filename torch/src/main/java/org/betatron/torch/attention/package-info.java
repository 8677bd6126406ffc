/// Which rows of a batch see which, and how positions turn queries and keys.
@NullMarked
package org.betatron.torch.attention;

import org.jspecify.annotations.NullMarked;
