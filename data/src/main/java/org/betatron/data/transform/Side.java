package org.betatron.data.transform;

import java.util.Locale;

/// A side of a data set that is divided by gaps.
public enum Side {
    /// Both answers are about equally good.
    LOW,
    /// One answer is much better.
    HIGH;

    /// @return the name in lower case, as it stands in records
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
