/// From files to rows as text: bytes by their first bytes, JSON one object at a time, and the layouts that
/// preference data come in. A new layout belongs here; tokens do not.
@NullMarked
package org.betatron.data.source;

import org.jspecify.annotations.NullMarked;
