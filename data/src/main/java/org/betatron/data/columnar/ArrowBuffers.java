package org.betatron.data.columnar;

import com.github.luben.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import net.jpountz.lz4.LZ4FrameInputStream;
import org.betatron.data.DataException;

/// The body of an Arrow message: its buffers in order, unpacked where they are packed.
final class ArrowBuffers {

    static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final MemorySegment EMPTY = MemorySegment.ofArray(new byte[0]);

    /// Fields of the table `RecordBatch`.
    private static final int BUFFERS = 2;

    private static final int COMPRESSION = 3;

    private final FlatTable batch;
    private final MemorySegment body;
    private final int count;
    private final int codec;
    private int next;

    ArrowBuffers(FlatTable batch, MemorySegment body) {
        this.batch = batch;
        this.body = body;
        this.count = batch.length(BUFFERS);
        this.codec =
                batch.table(COMPRESSION).map(table -> (int) table.byteAt(0)).orElse(-1);
        if (codec > 1) {
            throw new DataException("it is compressed in a way that is not known, number " + codec);
        }
    }

    /// @param isRead whether what is in it matters
    /// @return the next buffer
    MemorySegment next(boolean isRead) throws IOException {
        if (next == count) {
            throw new IndexOutOfBoundsException("a batch has " + count + " buffers and needs more");
        }
        long offset = batch.number(BUFFERS, next, 16, 0);
        long length = batch.number(BUFFERS, next, 16, 8);
        next++;
        if (!isRead || length == 0) {
            return EMPTY;
        }
        MemorySegment buffer = body.asSlice(offset, length);
        return codec < 0 ? buffer : unpacked(buffer);
    }

    /// Length of what it holds, -1 if that is as it stands, and what it holds.
    private MemorySegment unpacked(MemorySegment packed) throws IOException {
        long length = packed.get(LONG, 0);
        MemorySegment rest = packed.asSlice(8);
        if (length == -1) {
            return rest;
        }
        if (length < 0 || length > Integer.MAX_VALUE - 16) {
            throw new DataException("a packed buffer claims " + length + " bytes");
        }
        byte[] bytes = rest.toArray(ValueLayout.JAVA_BYTE);
        try (InputStream in = codec == 0
                ? new LZ4FrameInputStream(new ByteArrayInputStream(bytes))
                : new ZstdInputStream(new ByteArrayInputStream(bytes))) {
            // Grows with what comes, not with what is claimed.
            byte[] unpacked = in.readNBytes((int) length);
            if (unpacked.length < length) {
                throw new DataException("a packed buffer holds " + unpacked.length + " bytes and claims " + length);
            }
            return MemorySegment.ofArray(unpacked);
        }
    }

    static boolean bit(MemorySegment bits, long index) {
        return (bits.get(ValueLayout.JAVA_BYTE, index >> 3) >> (index & 7) & 1) != 0;
    }

    /// @param wide whether offsets have 64 bits
    static long offset(MemorySegment offsets, boolean wide, long index) {
        return wide ? offsets.getAtIndex(LONG, index) : offsets.getAtIndex(INT, index);
    }
}
