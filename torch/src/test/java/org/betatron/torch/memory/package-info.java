@NullMarked
package org.betatron.torch.memory;

import org.jspecify.annotations.NullMarked;
