package org.betatron.data.source;

import java.nio.charset.StandardCharsets;
import org.betatron.data.row.RowPlace;
import org.jspecify.annotations.Nullable;

/// One row of a file before it is understood: what is left to do can be done by any thread.
public sealed interface RawRow permits RawRow.Line, RawRow.Listed, ChosenFields.Chosen {

    /// @return bytes in the file, about
    int numBytes();

    /// @return where it stands
    RowPlace place();

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
        public RowPlace place() {
            return new RowPlace(file, number);
        }

        /// @return what the line begins with, for messages; its first hundred bytes
        String beginning() {
            return new String(bytes, 0, Math.min(bytes.length, 100), StandardCharsets.UTF_8);
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

    /// An element of a list, which had to be parsed to find its end, or a row that was put together
    /// of columns.
    record Listed(RowPlace place, JsonTree tree, int numBytes) implements RawRow {

        @Override
        public JsonRow parse() {
            return JsonRow.of(place.file(), place.line(), tree);
        }
    }
}
