package org.betatron.data.store;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/// Reads values in the order in which they were put into a [ScratchFile]. Not thread-safe.
final class ScratchReader {

    private final MemorySegment bytes;
    private long position;

    /// @param position where to begin
    ScratchReader(MemorySegment bytes, long position) {
        this.bytes = bytes;
        this.position = position;
    }

    int nextByte() {
        return bytes.get(ValueLayout.JAVA_BYTE, advance(Byte.BYTES));
    }

    int nextInt() {
        return bytes.get(ScratchFile.INT, advance(Integer.BYTES));
    }

    double nextDouble() {
        return bytes.get(ScratchFile.DOUBLE, advance(Double.BYTES));
    }

    int[] nextInts() {
        int[] values = new int[nextInt()];
        long from = advance((long) Integer.BYTES * values.length);
        MemorySegment.copy(bytes, ScratchFile.INT, from, values, 0, values.length);
        return values;
    }

    String nextText() {
        byte[] text = new byte[nextInt()];
        MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, advance(text.length), text, 0, text.length);
        return new String(text, StandardCharsets.UTF_8);
    }

    private long advance(long by) {
        long from = position;
        position += by;
        return from;
    }
}
