/// What goes wrong, in one line of ours.
@NullMarked
package org.betatron.torch.error;

import org.jspecify.annotations.NullMarked;
