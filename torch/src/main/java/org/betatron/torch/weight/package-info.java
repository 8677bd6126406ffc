/// The weights of a model, and the gradients that they accumulate.
@NullMarked
package org.betatron.torch.weight;

import org.jspecify.annotations.NullMarked;
