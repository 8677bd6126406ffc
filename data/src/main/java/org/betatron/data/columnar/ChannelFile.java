package org.betatron.data.columnar;

import dev.hardwood.InputFile;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// A file for the Parquet library, read piece by piece. The library's own way is to map it, and the
/// native code that unpacks pages would end the process where another one cuts a mapped file short.
final class ChannelFile implements InputFile {

    private final Path file;
    private @Nullable FileChannel channel;

    ChannelFile(Path file) {
        this.file = file;
    }

    @Override
    public void open() throws IOException {
        if (channel == null) {
            channel = FileChannel.open(file);
        }
    }

    private FileChannel channel() throws IOException {
        FileChannel open = channel;
        if (open == null) {
            throw new IOException(file + " is not open");
        }
        return open;
    }

    @Override
    public ByteBuffer readRange(long offset, int length) throws IOException {
        FileChannel from = channel();
        if (offset < 0 || length < 0 || offset > from.size() - length) {
            throw new EOFException(
                    "bytes " + offset + " to " + (offset + length) + " of " + from.size() + " are asked for");
        }
        // Outside of the heap, where native code can read it.
        ByteBuffer bytes = ByteBuffer.allocateDirect(length);
        while (bytes.hasRemaining()) {
            if (from.read(bytes, offset + bytes.position()) < 0) {
                throw new EOFException("the file became shorter while it was read");
            }
        }
        return bytes.flip();
    }

    @Override
    public long length() throws IOException {
        return channel().size();
    }

    @Override
    public String name() {
        return file.toString();
    }

    @Override
    public void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
    }
}
