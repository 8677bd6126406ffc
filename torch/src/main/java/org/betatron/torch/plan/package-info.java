/// What training a model takes, said from its configuration before any weight is read.
@NullMarked
package org.betatron.torch.plan;

import org.jspecify.annotations.NullMarked;
