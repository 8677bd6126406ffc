/// Small trained matrices beside weights that stay as they are, and their files.
@NullMarked
package org.betatron.torch.adapter;

import org.jspecify.annotations.NullMarked;
