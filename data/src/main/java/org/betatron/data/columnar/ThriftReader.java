package org.betatron.data.columnar;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import org.betatron.data.DataException;

/// Reads what little is needed of Thrift's compact protocol: structs of whole numbers, and
/// everything else passed over. Reads behind the buffer throw [BufferUnderflowException].
///
/// Source: "Thrift compact protocol encoding" of Apache Thrift.
final class ThriftReader {

    /// Type of a field whose value is true.
    static final int TRUE = 1;

    private static final int INT = 5;

    private static final int MAX_DEPTH = 16;

    private final ByteBuffer in;

    ThriftReader(ByteBuffer in) {
        this.in = in;
    }

    /// What is done with a field.
    interface Fields {

        /// @param id   number of the field
        /// @param type 1 and 2 true and false, 3 to 6 whole numbers, 12 a struct, ...
        void field(int id, int type);
    }

    /// Reads one struct; whoever takes its fields reads or skips each.
    void struct(Fields fields) {
        int id = 0;
        for (int head = in.get() & 0xff; head != 0; head = in.get() & 0xff) {
            int step = head >> 4;
            id = step == 0 ? (int) whole() : id + step;
            fields.field(id, head & 0xf);
        }
    }

    /// @param type of the field; a reader that takes the type at its word passes over any other than this
    /// @return a whole number of 32 bits
    /// @throws DataException if the field has another type
    long whole(int type) {
        if (type != INT) {
            throw new DataException("a number in it has another type");
        }
        return whole();
    }

    /// @return a whole number of any width
    long whole() {
        long bits = bits();
        return (bits >>> 1) ^ -(bits & 1);
    }

    private long bits() {
        long bits = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte next = in.get();
            bits |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return bits;
            }
        }
        throw new DataException("a number in it does not end");
    }

    void skip(int type) {
        skip(type, 0);
    }

    private void skip(int type, int depth) {
        if (depth > MAX_DEPTH) {
            throw new DataException("it is nested too deeply");
        }
        switch (type) {
            case 1, 2 -> {
                // The type is the value.
            }
            case 3 -> in.get();
            case 4, 5, 6 -> bits();
            case 7 -> forward(8);
            case 8 -> forward(bits());
            case 9, 10 -> {
                int head = in.get() & 0xff;
                long size = head >> 4 == 15 ? bits() : head >> 4;
                int element = head & 0xf;
                for (long i = 0; i < size; i++) {
                    // In a list a truth value is a byte.
                    skip(element == 1 || element == 2 ? 3 : element, depth + 1);
                }
            }
            case 12 -> struct((_, inner) -> skip(inner, depth + 1));
            default -> throw new DataException("it has a field of a type that is not known, " + type);
        }
    }

    private void forward(long bytes) {
        if (bytes < 0 || bytes > in.remaining()) {
            throw new BufferUnderflowException();
        }
        in.position(in.position() + (int) bytes);
    }
}
