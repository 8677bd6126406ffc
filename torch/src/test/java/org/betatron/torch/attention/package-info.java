@NullMarked
package org.betatron.torch.attention;

import org.jspecify.annotations.NullMarked;
