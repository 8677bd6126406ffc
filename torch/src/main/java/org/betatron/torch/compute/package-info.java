/// How a model computes: choices that change time and memory, and results by rounding only.
@NullMarked
package org.betatron.torch.compute;

import org.jspecify.annotations.NullMarked;
