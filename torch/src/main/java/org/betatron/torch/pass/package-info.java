/// A batch through all layers and a head, forth and back.
@NullMarked
package org.betatron.torch.pass;

import org.jspecify.annotations.NullMarked;
