package org.betatron.training.reference;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// How a reference file is laid out, little-endian:
///
/// ```text
/// 0                 magic "BTRNREF2"; "BTRNREF1" without a checksum        8 bytes
/// 8                 length of the header                                   int64
/// 16                header: JSON, padded with spaces                       a multiple of 8
/// 16 + header       index: number of values before each row, and in all    int64 [numRows + 1]
/// ...               log-probability of every response token, by row        float32 [numValues]
/// ...               "BTRNCRC1", then CRC-32C of everything before it       8 bytes, int64; not in older files
/// ```
final class ReferenceFormat {

    /// "BTRNREF2" read as a little-endian number.
    static final long MAGIC = 0x3246_4552_4e52_5442L;

    /// "BTRNREF1" likewise, of files from before there were checksums.
    static final long UNCHECKED_MAGIC = 0x3146_4552_4e52_5442L;

    /// "BTRNCRC1" read as a little-endian number.
    static final long CHECKED = 0x3143_5243_4e52_5442L;

    static final long CHECKSUM_BYTES = 16;

    static final long HEADER_OFFSET = 16;

    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private ReferenceFormat() {}

    static long valuesOffset(long headerBytes, int numRows) {
        return HEADER_OFFSET + headerBytes + Long.BYTES * (numRows + 1L);
    }

    /// @return size without a checksum
    static long fileBytes(long headerBytes, int numRows, long numValues) {
        return valuesOffset(headerBytes, numRows) + Float.BYTES * numValues;
    }

    /// What the JSON header holds.
    ///
    /// @param settings  text of every setting that the values were made with, by name
    /// @param rows      digest of the rows
    /// @param numRows   number of rows
    /// @param numValues number of log-probabilities
    record Header(Map<String, String> settings, String rows, int numRows, long numValues) {

        private static final JsonMapper JSON = new JsonMapper();

        Header {
            // JSON may lack either.
            Objects.requireNonNull(settings, "settings");
            Objects.requireNonNull(rows, "rows");
            if (numRows < 0 || numValues < 0 || numValues > Long.MAX_VALUE / 16) {
                throw new IllegalArgumentException(
                        "numbers of rows and values must not be " + numRows + " and " + numValues);
            }
        }

        static Header of(ReferenceKey key, long numValues) {
            return new Header(key.settings().values(), key.rows(), key.numRows(), numValues);
        }

        /// @throws tools.jackson.core.JacksonException if it is not a header
        /// @throws RuntimeException                    if it says what cannot be
        static Header read(String json) {
            JsonNode header = JSON.readTree(json);
            return header.has("key")
                    ? JSON.treeToValue(header, FirstHeader.class).header()
                    : JSON.treeToValue(header, Header.class);
        }
    }
}
