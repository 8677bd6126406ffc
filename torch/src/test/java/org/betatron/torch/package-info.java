@NullMarked
package org.betatron.torch;

import org.jspecify.annotations.NullMarked;
