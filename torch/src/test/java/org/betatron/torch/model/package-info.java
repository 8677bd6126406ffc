@NullMarked
package org.betatron.torch.model;

import org.jspecify.annotations.NullMarked;
