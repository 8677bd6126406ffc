@NullMarked
package org.betatron.torch.architecture;

import org.jspecify.annotations.NullMarked;
