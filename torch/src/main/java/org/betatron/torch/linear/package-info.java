/// Affine maps: how they are run, and how the gradients of their weights are added.
@NullMarked
package org.betatron.torch.linear;

import org.jspecify.annotations.NullMarked;
