@NullMarked
package org.betatron.torch.error;

import org.jspecify.annotations.NullMarked;
