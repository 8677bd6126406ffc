package org.betatron.data.template.jinja.python;

import java.util.Iterator;

/// A generator or iterator: it can be gone through once, has no length, and is always true.
///
/// @param iterator  the rest
/// @param isReverse whether `reverse` made it, which only its printed form tells
public record OneShot(Iterator<Object> iterator, boolean isReverse) {

    public static OneShot of(Iterator<Object> iterator) {
        return new OneShot(iterator, false);
    }
}
