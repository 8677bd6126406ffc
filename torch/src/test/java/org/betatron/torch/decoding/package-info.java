@NullMarked
package org.betatron.torch.decoding;

import org.jspecify.annotations.NullMarked;
