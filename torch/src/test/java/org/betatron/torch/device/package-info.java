@NullMarked
package org.betatron.torch.device;

import org.jspecify.annotations.NullMarked;
