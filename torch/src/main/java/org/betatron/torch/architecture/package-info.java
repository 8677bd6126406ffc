/// Families of transformers: what a `config.json` describes, which weights there are, and the layers.
@NullMarked
package org.betatron.torch.architecture;

import org.jspecify.annotations.NullMarked;
