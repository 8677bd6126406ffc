/// Wires recipes to data, models and training: where everything that a run needs is opened and closed.
@NullMarked
package org.betatron.cli.run;

import org.jspecify.annotations.NullMarked;
