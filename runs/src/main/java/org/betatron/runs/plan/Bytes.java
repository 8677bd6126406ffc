package org.betatron.runs.plan;

import java.util.Locale;

/// Sizes as people read them.
public final class Bytes {

    private static final double GIGA = 1e9;

    private Bytes() {}

    /// @return as in `2.15 GB`, of 10^9 bytes
    public static String gigabytes(long bytes) {
        return String.format(Locale.ROOT, bytes < GIGA / 10 ? "%.3f GB" : "%.2f GB", bytes / GIGA);
    }
}
