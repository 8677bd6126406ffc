/// Who owns native memory: scopes, owned tensors, and the one-time start of libtorch.
@NullMarked
package org.betatron.torch.memory;

import org.jspecify.annotations.NullMarked;
