@NullMarked
package org.betatron.torch.files;

import org.jspecify.annotations.NullMarked;
