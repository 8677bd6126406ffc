/// Small steps between Java and tensors.
@NullMarked
package org.betatron.torch.tensor;

import org.jspecify.annotations.NullMarked;
