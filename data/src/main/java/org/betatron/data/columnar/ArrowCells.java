package org.betatron.data.columnar;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.CharacterCodingException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import org.betatron.data.DataException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// How values of each type are read from their buffers.
final class ArrowCells {

    private static final int VIEW_BYTES = 16;

    /// Longest value that stands beside its length.
    private static final int SHORT_VIEW = 12;

    private ArrowCells() {}

    static ArrowColumn.Cell whole(ArrowType.Whole type, MemorySegment data) {
        return switch (type.bits()) {
            case 8 ->
                row -> {
                    byte value = data.get(ValueLayout.JAVA_BYTE, row);
                    return CellValues.whole(type.signed() ? value : value & 0xff);
                };
            case 16 ->
                row -> {
                    short value = data.getAtIndex(ArrowBuffers.SHORT, row);
                    return CellValues.whole(type.signed() ? value : value & 0xffff);
                };
            case 32 ->
                row -> {
                    int value = data.getAtIndex(ArrowBuffers.INT, row);
                    return CellValues.whole(type.signed() ? value : Integer.toUnsignedLong(value));
                };
            default ->
                row -> {
                    long value = data.getAtIndex(ArrowBuffers.LONG, row);
                    return type.signed() ? CellValues.whole(value) : CellValues.unsigned(value);
                };
        };
    }

    static ArrowColumn.Cell real(ArrowType.Real type, MemorySegment data) {
        return switch (type.bits()) {
            case 16 -> row -> CellValues.real(Float.float16ToFloat(data.getAtIndex(ArrowBuffers.SHORT, row)));
            case 32 -> row -> CellValues.real(Float.intBitsToFloat(data.getAtIndex(ArrowBuffers.INT, row)));
            default -> row -> CellValues.real(Double.longBitsToDouble(data.getAtIndex(ArrowBuffers.LONG, row)));
        };
    }

    static ArrowColumn.Cell bit(MemorySegment data) {
        return row -> CellValues.NODES.booleanNode(ArrowBuffers.bit(data, row));
    }

    static ArrowColumn.Cell bytes(ArrowType.Bytes type, MemorySegment offsets, MemorySegment data, RowSize size) {
        return row -> {
            long from = ArrowBuffers.offset(offsets, type.wide(), row);
            long to = ArrowBuffers.offset(offsets, type.wide(), row + 1);
            return value(type.text(), data.asSlice(from, to - from), size);
        };
    }

    static ArrowColumn.Cell fixedBytes(ArrowType.FixedBytes type, MemorySegment data, RowSize size) {
        return row -> value(false, data.asSlice(row * type.width(), type.width()), size);
    }

    /// A view is a length of four bytes, then the value, or its first four bytes, and buffer and
    /// place of it.
    static ArrowColumn.Cell views(
            ArrowType.Views type, MemorySegment views, List<MemorySegment> buffers, RowSize size) {
        return row -> {
            MemorySegment view = views.asSlice(row * VIEW_BYTES, VIEW_BYTES);
            int length = view.get(ArrowBuffers.INT, 0);
            MemorySegment value = length <= SHORT_VIEW
                    ? view.asSlice(4, length)
                    : buffers.get(view.get(ArrowBuffers.INT, 8)).asSlice(view.get(ArrowBuffers.INT, 12), length);
            return value(type.text(), value, size);
        };
    }

    private static JsonNode value(boolean isText, MemorySegment bytes, RowSize size) {
        size.add(1, bytes.byteSize());
        if (!isText) {
            return CellValues.bytes(bytes.toArray(ValueLayout.JAVA_BYTE));
        }
        try {
            return CellValues.text(CellValues.utf8(bytes.asByteBuffer()));
        } catch (CharacterCodingException e) {
            throw new DataException("a text is not valid UTF-8", e);
        }
    }

    static ArrowColumn.Cell decimal(ArrowType.Decimal type, MemorySegment data) {
        return row -> {
            byte[] bytes = data.asSlice(row * type.width(), type.width()).toArray(ValueLayout.JAVA_BYTE);
            for (int i = 0; i < bytes.length / 2; i++) {
                byte last = bytes[bytes.length - 1 - i];
                bytes[bytes.length - 1 - i] = bytes[i];
                bytes[i] = last;
            }
            return CellValues.decimal(new BigDecimal(new BigInteger(bytes), type.scale()));
        };
    }

    static ArrowColumn.Cell moment(ArrowType.Moment type, MemorySegment data) {
        return row -> {
            long value = type.bytes() == 8
                    ? data.getAtIndex(ArrowBuffers.LONG, row)
                    : data.getAtIndex(ArrowBuffers.INT, row);
            try {
                return moment(type, value);
            } catch (DateTimeException | ArithmeticException e) {
                throw new DataException("a time is out of range: " + value, e);
            }
        };
    }

    private static JsonNode moment(ArrowType.Moment type, long value) {
        if (type.unit() == 0) {
            return CellValues.date(LocalDate.ofEpochDay(value));
        }
        long seconds = Math.floorDiv(value, type.unit());
        long nanos = Math.floorMod(value, type.unit()) * (1_000_000_000 / type.unit());
        return switch (type.kind()) {
            case DATE -> CellValues.date(LocalDate.ofEpochDay(Math.floorDiv(seconds, 86_400)));
            case TIME ->
                CellValues.time(
                        LocalTime.ofNanoOfDay(Math.addExact(Math.multiplyExact(seconds, 1_000_000_000L), nanos)));
            case INSTANT -> CellValues.moment(Instant.ofEpochSecond(seconds, nanos));
            case LOCAL -> CellValues.moment(LocalDateTime.ofEpochSecond(seconds, (int) nanos, ZoneOffset.UTC));
            case DURATION -> CellValues.text(Duration.ofSeconds(seconds, nanos).toString());
        };
    }

    /// @param from first entry
    /// @param to   behind the last one
    static ObjectNode map(ArrowColumn keys, ArrowColumn values, long from, long to, RowSize size) throws IOException {
        if (from < 0 || to < from || to > keys.length()) {
            throw new IndexOutOfBoundsException("a map of entries " + from + " to " + to + " of " + keys.length());
        }
        size.add(to - from, 0);
        ObjectNode map = CellValues.NODES.objectNode();
        for (long i = from; i < to; i++) {
            JsonNode key = keys.get(i);
            map.set(key.isValueNode() ? key.asString() : key.toString(), values.get(i));
        }
        return map;
    }
}
