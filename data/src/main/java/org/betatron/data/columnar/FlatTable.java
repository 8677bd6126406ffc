package org.betatron.data.columnar;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.util.Optional;
import org.betatron.data.DataException;

/// A table of a flatbuffer: fields by number, each absent or at a place in the buffer. Reads
/// outside of the buffer throw [IndexOutOfBoundsException]; nothing is allocated by a length that
/// stands in it.
///
/// Source: https://flatbuffers.dev/internals/
///
/// @param buffer   whole flatbuffer, little endian
/// @param position where the table begins
record FlatTable(ByteBuffer buffer, int position) {

    /// @param message bytes of one flatbuffer
    static FlatTable root(byte[] message) {
        ByteBuffer buffer = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
        return new FlatTable(buffer, buffer.getInt(0));
    }

    /// @return place of a field, 0 where it is absent
    private int at(int field) {
        int offsets = position - buffer.getInt(position);
        int slot = 4 + 2 * field;
        int offset = slot < (buffer.getShort(offsets) & 0xffff) ? buffer.getShort(offsets + slot) & 0xffff : 0;
        return offset == 0 ? 0 : position + offset;
    }

    private int follow(int place) {
        int to = place + buffer.getInt(place);
        if (to <= place) {
            throw new IndexOutOfBoundsException("an offset points backwards");
        }
        return to;
    }

    boolean has(int field) {
        return at(field) != 0;
    }

    byte byteAt(int field) {
        int place = at(field);
        return place == 0 ? 0 : buffer.get(place);
    }

    boolean flag(int field) {
        return byteAt(field) != 0;
    }

    short shortAt(int field, int absent) {
        int place = at(field);
        return place == 0 ? (short) absent : buffer.getShort(place);
    }

    int intAt(int field, int absent) {
        int place = at(field);
        return place == 0 ? absent : buffer.getInt(place);
    }

    long longAt(int field) {
        int place = at(field);
        return place == 0 ? 0 : buffer.getLong(place);
    }

    Optional<FlatTable> table(int field) {
        int place = at(field);
        return place == 0 ? Optional.empty() : Optional.of(new FlatTable(buffer, follow(place)));
    }

    FlatTable required(int field, String what) {
        return table(field).orElseThrow(() -> new DataException("it has no " + what));
    }

    /// @return text, empty where it is absent
    String text(int field) throws CharacterCodingException {
        int place = at(field);
        if (place == 0) {
            return "";
        }
        int text = follow(place);
        return CellValues.utf8(buffer.slice(text + 4, buffer.getInt(text)));
    }

    /// @return number of elements of a vector, 0 where it is absent
    int length(int field) {
        int place = at(field);
        if (place == 0) {
            return 0;
        }
        int length = buffer.getInt(follow(place));
        if (length < 0 || length > buffer.capacity()) {
            throw new IndexOutOfBoundsException("a list of " + Integer.toUnsignedLong(length) + " elements");
        }
        return length;
    }

    /// @return table that is an element of a vector
    FlatTable element(int field, int index) {
        return new FlatTable(buffer, follow(follow(at(field)) + 4 + 4 * index));
    }

    /// @param bytes of one element
    /// @param skip  bytes of it before the number
    /// @return number in an element of a vector of structs, or of numbers
    long number(int field, int index, int bytes, int skip) {
        return buffer.getLong(follow(at(field)) + 4 + bytes * index + skip);
    }
}
