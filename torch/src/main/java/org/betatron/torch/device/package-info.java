/// Where models compute: processor or graphics card, and the start of libtorch on it.
@NullMarked
package org.betatron.torch.device;

import org.jspecify.annotations.NullMarked;
