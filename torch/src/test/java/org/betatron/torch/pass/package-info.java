@NullMarked
package org.betatron.torch.pass;

import org.jspecify.annotations.NullMarked;
