package org.betatron.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Reads the beginning of a file, value by value. Nothing is believed of a length before so many
/// bytes are there.
final class HeaderReader {

    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int STRING = 8;
    private static final int LIST = 9;

    private final String where;
    private final MemorySegment bytes;
    private long position;

    HeaderReader(String where, MemorySegment bytes) {
        this.where = where;
        this.bytes = bytes;
    }

    long position() {
        return position;
    }

    /// @return where the next `count` bytes begin
    private long take(long count) {
        if (count < 0 || count > bytes.byteSize() - position) {
            throw new GgufException(where + " ends within its header, at byte " + bytes.byteSize()
                    + ": it is cut short, or damaged before that");
        }
        long start = position;
        position += count;
        return start;
    }

    int int32() {
        return bytes.get(INT, take(4));
    }

    long uint32() {
        return Integer.toUnsignedLong(int32());
    }

    /// @return a count, which more than 2^63 is none
    long uint64(String what) {
        long value = bytes.get(LONG, take(8));
        if (value < 0) {
            throw new GgufException(where + ": " + what + " must be less than 2^63 but is "
                    + Long.toUnsignedString(value) + "; the file is damaged");
        }
        return value;
    }

    /// @param least bytes that each takes at least
    /// @return how many follow, of which so many bytes are there
    long count(String what, long least) {
        long count = uint64(what);
        if (count > (bytes.byteSize() - position) / least) {
            throw new GgufException(where + ": " + what + " is " + count + ", more than the file has room for; it is"
                    + " cut short or damaged");
        }
        return count;
    }

    String text(String what) {
        long length = count("the length of " + what, 1);
        if (length > Integer.MAX_VALUE - 16) {
            throw new GgufException(where + ": " + what + " is too long, " + length + " bytes");
        }
        ByteBuffer text = bytes.asSlice(take(length), length).asByteBuffer();
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(text).toString();
        } catch (CharacterCodingException e) {
            throw new GgufException(where + ": " + what + " is not valid UTF-8; the file is damaged", e);
        }
    }

    /// @param key whose value follows
    Object value(String key) {
        int type = int32();
        if (type != LIST) {
            return scalar(key, type);
        }
        int each = int32();
        if (each == LIST) {
            throw new GgufException(where + ": " + key + " is a list of lists, which is not read");
        }
        long count = count("the length of " + key, each == STRING ? 8 : width(key, each));
        if (count > Integer.MAX_VALUE - 16) {
            throw new GgufException(where + ": " + key + " is too long, " + count + " values");
        }
        List<Object> list = new ArrayList<>((int) count);
        for (long i = 0; i < count; i++) {
            list.add(scalar(key, each));
        }
        return list;
    }

    private int width(String key, int type) {
        return switch (type) {
            case 0, 1, 7 -> 1;
            case 2, 3 -> 2;
            case 4, 5, 6 -> 4;
            case 10, 11, 12 -> 8;
            default ->
                throw new GgufException(where + ": " + key + " has the unknown type " + Integer.toUnsignedString(type)
                        + "; the file is damaged, or newer than what is read here (versions 2 and 3)");
        };
    }

    private Object scalar(String key, int type) {
        if (type == STRING) {
            return text(key);
        }
        long at = take(width(key, type));
        return switch (type) {
            case 0 -> (long) Byte.toUnsignedInt(bytes.get(ValueLayout.JAVA_BYTE, at));
            case 1 -> (long) bytes.get(ValueLayout.JAVA_BYTE, at);
            case 2 -> (long) Short.toUnsignedInt(bytes.get(SHORT, at));
            case 3 -> (long) bytes.get(SHORT, at);
            case 4 -> Integer.toUnsignedLong(bytes.get(INT, at));
            case 5 -> (long) bytes.get(INT, at);
            case 6 -> (double) Float.intBitsToFloat(bytes.get(INT, at));
            case 7 -> bytes.get(ValueLayout.JAVA_BYTE, at) != 0;
            case 10, 11 -> bytes.get(LONG, at);
            default -> Double.longBitsToDouble(bytes.get(LONG, at));
        };
    }
}
