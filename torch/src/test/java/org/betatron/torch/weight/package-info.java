@NullMarked
package org.betatron.torch.weight;

import org.jspecify.annotations.NullMarked;
