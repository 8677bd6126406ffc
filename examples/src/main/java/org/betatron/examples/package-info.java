/// Small complete programs that use Betatron as a library. The build runs them.
@NullMarked
package org.betatron.examples;

import org.jspecify.annotations.NullMarked;
