package org.betatron.data.source;

import org.jspecify.annotations.Nullable;

/// One row of a file before it is understood: what is left to do can be done by any thread.
public sealed interface RawRow {

    /// @return bytes in the file, about
    int numBytes();

    /// @return the row, null for a blank line
    /// @throws org.betatron.data.DataException if it is no JSON object, saying where
    @Nullable
    JsonRow parse();

    /// A line of a JSON lines file. Takes the array over.
    final class Line implements RawRow {

        private final String file;
        private final int number;
        private final byte[] bytes;

        /// @param number from 1
        /// @param bytes  with the line's end
        Line(String file, int number, byte[] bytes) {
            this.file = file;
            this.number = number;
            this.bytes = bytes;
        }

        @Override
        public int numBytes() {
            return bytes.length;
        }

        @Override
        public @Nullable JsonRow parse() {
            return isBlank() ? null : JsonRow.parse(file, number, bytes);
        }

        /// Checks that the line is UTF-8 as well. The line itself is parsed as bytes: a text would be
        /// one more copy of it.
        private boolean isBlank() {
            int any = 0;
            for (byte b : bytes) {
                any |= b;
            }
            int i = 0;
            while (i < bytes.length && (bytes[i] == ' ' || (bytes[i] >= '\t' && bytes[i] <= '\r'))) {
                i++;
            }
            // Beyond ASCII, decoding says whether the line is valid.
            return any < 0 ? SourceFile.decode(file, number, bytes).isBlank() : i == bytes.length;
        }
    }

    /// An element of a list, which had to be parsed to find its end.
    record Listed(JsonRow row, int numBytes) implements RawRow {

        @Override
        public JsonRow parse() {
            return row;
        }
    }
}
