/// Lists whose elements lie in temporary files that are mapped into memory, so that the heap does not grow
/// with the data.
@NullMarked
package org.betatron.data.store;

import org.jspecify.annotations.NullMarked;
