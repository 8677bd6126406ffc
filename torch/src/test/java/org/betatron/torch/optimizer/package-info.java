@NullMarked
package org.betatron.torch.optimizer;

import org.jspecify.annotations.NullMarked;
