package org.betatron.core;

import java.math.BigDecimal;

/// Numbers as a user types them.
public final class Numerals {

    private Numerals() {}

    /// @param value finite
    /// @return without an exponent, and without zeros at the end
    public static String plain(double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }
}
