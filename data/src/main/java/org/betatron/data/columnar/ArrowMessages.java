package org.betatron.data.columnar;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.betatron.data.DataException;
import org.jspecify.annotations.Nullable;

/// The messages of an Arrow stream, or of the stream that an Arrow file holds, in order. What a
/// message says of its length is compared with the file before anything is read.
///
/// Source: "Serialization and Interprocess Communication" of the Arrow columnar format. A file is a
/// stream between two magic words, with an index behind it; as rows are read in order, the index is
/// not needed.
final class ArrowMessages implements AutoCloseable {

    /// Begins each message.
    private static final int CONTINUATION = -1;

    private final FileChannel channel;
    private final long end;
    private final boolean mayJustEnd;
    private long position;

    /// @param kind   1 schema, 2 dictionary, 3 record batch; others are passed over
    /// @param header table of that kind
    /// @param body   what it describes; mapped, for as long as its arena is open
    /// @param bodyBytes length of the body
    record Message(int kind, FlatTable header, long body, long bodyBytes) {}

    private ArrowMessages(FileChannel channel, long begin, long end, boolean mayJustEnd) {
        this.channel = channel;
        this.position = begin;
        this.end = end;
        this.mayJustEnd = mayJustEnd;
    }

    /// @param begin      bytes before the first message
    /// @param mayJustEnd whether the last message need not be followed by a mark: `datasets` writes
    ///     none
    static ArrowMessages open(Path file, long begin, boolean mayJustEnd) throws IOException {
        FileChannel channel = FileChannel.open(file);
        return new ArrowMessages(channel, begin, channel.size(), mayJustEnd);
    }

    /// @return the next message, null at the end of the stream
    /// @throws DataException if it is cut short or damaged
    @Nullable
    Message next() throws IOException {
        if (mayJustEnd && position == end) {
            return null;
        }
        ByteBuffer prefix = read(8);
        int mark = prefix.getInt(0);
        int length = prefix.getInt(4);
        if (mark != CONTINUATION) {
            throw new DataException("a message must begin with 0xffffffff but begins with 0x"
                    + Integer.toHexString(mark) + " at byte " + (position - 8));
        }
        if (length == 0) {
            return null;
        }
        if (length < 0) {
            throw new DataException(
                    "a message claims " + Integer.toUnsignedLong(length) + " bytes at byte " + (position - 8));
        }
        FlatTable message = FlatTable.root(read(length).array());
        long body = message.longAt(3);
        if (body < 0 || body > end - position) {
            throw cutShort(body);
        }
        Message next = new Message(message.byteAt(1), message.required(2, "header"), position, body);
        position += body;
        return next;
    }

    /// @return the body, for as long as the arena is open
    MemorySegment body(Message message, Arena arena) throws IOException {
        return message.bodyBytes() == 0
                ? MemorySegment.NULL
                : channel.map(FileChannel.MapMode.READ_ONLY, message.body(), message.bodyBytes(), arena);
    }

    private ByteBuffer read(int length) throws IOException {
        if (length > end - position) {
            throw cutShort(length);
        }
        ByteBuffer into = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (into.hasRemaining()) {
            if (channel.read(into, position + into.position()) < 0) {
                throw cutShort(length);
            }
        }
        position += length;
        return into.flip();
    }

    private DataException cutShort(long wanted) {
        return new DataException("it ends too early, " + wanted + " bytes are due at byte " + position + " of " + end
                + ": it was cut short, or is still being written");
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // It was only read.
        }
    }
}
