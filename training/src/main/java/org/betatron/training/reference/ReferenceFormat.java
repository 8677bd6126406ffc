package org.betatron.training.reference;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Objects;

/// How a reference file is laid out, little-endian:
///
/// ```text
/// 0                 magic "BTRNREF1"                                       8 bytes
/// 8                 length of the header                                   int64
/// 16                header: JSON, padded with spaces                       a multiple of 8
/// 16 + header       index: number of values before each row, and in all    int64 [numRows + 1]
/// ...               log-probability of every response token, by row        float32 [numValues]
/// ```
final class ReferenceFormat {

    /// "BTRNREF1" read as a little-endian number.
    static final long MAGIC = 0x3146_4552_4e52_5442L;

    static final long HEADER_OFFSET = 16;

    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private ReferenceFormat() {}

    static long valuesOffset(long headerBytes, int numRows) {
        return HEADER_OFFSET + headerBytes + Long.BYTES * (numRows + 1L);
    }

    static long fileBytes(long headerBytes, int numRows, long numValues) {
        return valuesOffset(headerBytes, numRows) + Float.BYTES * numValues;
    }

    /// What the JSON header holds.
    record Header(ReferenceKey key, long numValues) {
        Header {
            // JSON may lack it.
            Objects.requireNonNull(key, "key");
        }
    }
}
