/// From rows as JSON to rows as text: the layouts that preference data and texts come in. A new layout belongs
/// here; bytes and tokens do not.
@NullMarked
package org.betatron.data.layout;

import org.jspecify.annotations.NullMarked;
