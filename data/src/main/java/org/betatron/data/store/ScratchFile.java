package org.betatron.data.store;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.betatron.data.DataException;

/// A temporary file that grows at its end and is then read as memory. Numbers are little-endian and
/// not aligned.
///
/// It lies in the directory for temporary files (`java.io.tmpdir`) and has no name there: its space
/// is free again when the last [#finish] result is unreachable or the process ends, however it
/// ends. It is written with calls, not through memory, because a full disk then is an error that
/// can be reported. Not thread-safe.
final class ScratchFile implements AutoCloseable {

    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final int BUFFER_BYTES = 1 << 18;

    private final Path directory;
    private final FileChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private long written;

    private ScratchFile(Path directory, FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    /// @throws DataException if the directory for temporary files cannot be written to
    static ScratchFile create() {
        return createIn(Path.of(System.getProperty("java.io.tmpdir")));
    }

    @SuppressWarnings("MustBeClosedChecker") // the result owns the channel and closes it
    static ScratchFile createIn(Path directory) {
        try {
            Path file = Files.createTempFile(directory, "betatron-", ".rows");
            return new ScratchFile(
                    directory,
                    FileChannel.open(
                            file,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE,
                            StandardOpenOption.DELETE_ON_CLOSE));
        } catch (IOException e) {
            throw translate(directory, e);
        }
    }

    /// @return bytes so far
    long length() {
        return written + buffer.position();
    }

    void putByte(int value) {
        room(Byte.BYTES).put((byte) value);
    }

    void putInt(int value) {
        room(Integer.BYTES).putInt(value);
    }

    void putLong(long value) {
        room(Long.BYTES).putLong(value);
    }

    void putDouble(double value) {
        room(Double.BYTES).putDouble(value);
    }

    /// Writes how many, then the numbers.
    void putInts(int[] values) {
        putInt(values.length);
        for (int from = 0; from < values.length; ) {
            ByteBuffer space = room(Integer.BYTES);
            int count = Math.min(values.length - from, space.remaining() / Integer.BYTES);
            space.asIntBuffer().put(values, from, count);
            space.position(space.position() + count * Integer.BYTES);
            from += count;
        }
    }

    /// Writes how many bytes, then the text as UTF-8.
    void putText(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        putInt(bytes.length);
        for (int from = 0; from < bytes.length; ) {
            ByteBuffer space = room(Byte.BYTES);
            int count = Math.min(bytes.length - from, space.remaining());
            space.put(bytes, from, count);
            from += count;
        }
    }

    /// Ends writing.
    ///
    /// @return everything that was written, read-only, for any thread; the system keeps in memory
    ///     what it has room for
    /// @throws DataException if the disk is full
    MemorySegment finish() {
        try {
            flush();
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
        } catch (IOException e) {
            throw translate(directory, e);
        } finally {
            close();
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw translate(directory, e);
        }
    }

    private ByteBuffer room(int bytes) {
        if (buffer.remaining() < bytes) {
            flush();
        }
        return buffer;
    }

    private void flush() {
        buffer.flip();
        try {
            while (buffer.hasRemaining()) {
                written += channel.write(buffer);
            }
        } catch (IOException e) {
            throw translate(directory, e);
        }
        buffer.clear();
    }

    private static DataException translate(Path directory, IOException e) {
        return new DataException(
                directory + ": tokenized rows cannot be kept there: " + e.getMessage()
                        + "; free space, or name another directory with"
                        + " BETATRON_JAVA_OPTIONS=-Djava.io.tmpdir=DIR",
                e);
    }
}
