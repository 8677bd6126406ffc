/// From files to rows as JSON: bytes by their first bytes, JSON one object at a time, fields by the names that
/// a data set gives them. What a row means is said in `org.betatron.data.layout`.
@NullMarked
package org.betatron.data.source;

import org.jspecify.annotations.NullMarked;
