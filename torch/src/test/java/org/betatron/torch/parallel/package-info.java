@NullMarked
package org.betatron.torch.parallel;

import org.jspecify.annotations.NullMarked;
