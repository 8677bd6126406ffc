package org.betatron.training;

/// The range check of whole numbers, which a message should not show as `9.0`.
final class Counts {

    private Counts() {}

    /// @param name  name of the parameter as a recipe spells it
    /// @param holds what must hold
    /// @param range the allowed range in words
    /// @param value the value that was given
    /// @throws IllegalArgumentException `<name> must be <range> but was <value>`
    static void require(String name, boolean holds, String range, long value) {
        if (!holds) {
            throw new IllegalArgumentException(name + " must be " + range + " but was " + value);
        }
    }
}
