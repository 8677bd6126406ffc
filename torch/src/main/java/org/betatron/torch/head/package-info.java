/// What is computed from the last states of a model.
@NullMarked
package org.betatron.torch.head;

import org.jspecify.annotations.NullMarked;
