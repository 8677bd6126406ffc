@NullMarked
package org.betatron.torch.compute;

import org.jspecify.annotations.NullMarked;
