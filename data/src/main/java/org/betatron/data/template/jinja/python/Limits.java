package org.betatron.data.template.jinja.python;

/// Bounds on single values, so that a few characters of a template cannot fill the memory.
public final class Limits {

    /// Characters of a text.
    public static final int TEXT = 100_000_000;

    /// Items of a list.
    public static final int ITEMS = 10_000_000;

    /// Bits of a whole number.
    public static final int BITS = 100_000;

    /// Lists in lists.
    public static final int DEPTH = 500;

    private Limits() {}

    /// @return `length`, if a text may be as long
    /// @throws PythonError otherwise
    public static int text(long length) {
        if (length > TEXT) {
            throw PythonError.other("MemoryError", "a text grows beyond " + TEXT + " characters");
        }
        return (int) Math.max(0, length);
    }

    static int items(long size) {
        if (size > ITEMS) {
            throw PythonError.other("MemoryError", "a list grows beyond " + ITEMS + " items");
        }
        return (int) Math.max(0, size);
    }

    static void depth(int depth) {
        if (depth > DEPTH) {
            throw PythonError.other("RecursionError", "values are nested more than " + DEPTH + " deep");
        }
    }
}
