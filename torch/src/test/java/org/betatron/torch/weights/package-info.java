@NullMarked
package org.betatron.torch.weights;

import org.jspecify.annotations.NullMarked;
