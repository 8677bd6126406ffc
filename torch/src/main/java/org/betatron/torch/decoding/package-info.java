/// Sequences that are continued token by token, with keys and values of earlier tokens kept.
@NullMarked
package org.betatron.torch.decoding;

import org.jspecify.annotations.NullMarked;
