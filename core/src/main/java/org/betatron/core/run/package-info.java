/// What a run leaves is called alike by those who write it and those who read it: names of files and of metrics.
@NullMarked
package org.betatron.core.run;

import org.jspecify.annotations.NullMarked;
