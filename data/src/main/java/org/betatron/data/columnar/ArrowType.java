package org.betatron.data.columnar;

/// What values of an Arrow column are, as far as they have to be told apart.
///
/// Source: `Schema.fbs` of Apache Arrow, version 1.5 of the format.
sealed interface ArrowType {

    record Nothing() implements ArrowType {}

    /// @param bits 8, 16, 32 or 64
    record Whole(int bits, boolean signed) implements ArrowType {}

    /// @param bits 16, 32 or 64
    record Real(int bits) implements ArrowType {}

    record Bit() implements ArrowType {}

    /// Texts or bytes, one behind the other.
    ///
    /// @param text whether they are UTF-8
    /// @param wide whether offsets have 64 bits
    record Bytes(boolean text, boolean wide) implements ArrowType {}

    /// Texts or bytes that lie anywhere, short ones beside their length.
    record Views(boolean text) implements ArrowType {}

    /// @param width bytes of each value
    record FixedBytes(int width) implements ArrowType {}

    /// @param width bytes of each value
    /// @param scale digits behind the point
    record Decimal(int width, int scale) implements ArrowType {}

    /// A number of the unit since the beginning of 1970, of a day, or of nothing.
    ///
    /// @param kind  what it is
    /// @param bytes 4 or 8
    /// @param unit  of a second: 1, 1000, ...; 0 for days
    record Moment(Kind kind, int bytes, long unit) implements ArrowType {

        enum Kind {
            DATE,
            TIME,
            INSTANT,
            LOCAL,
            DURATION
        }
    }

    /// @param wide whether offsets have 64 bits
    record ListOf(boolean wide) implements ArrowType {}

    record FixedListOf(int size) implements ArrowType {}

    record Struct() implements ArrowType {}

    record MapOf() implements ArrowType {}

    /// A type that is passed over.
    ///
    /// @param name     of the format
    /// @param validity whether it has a bitmap of values that are there
    /// @param buffers  further buffers
    record Other(String name, boolean validity, int buffers) implements ArrowType {}
}
