@NullMarked
package org.betatron.torch.head;

import org.jspecify.annotations.NullMarked;
