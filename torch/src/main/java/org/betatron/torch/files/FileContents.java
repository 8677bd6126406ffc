package org.betatron.torch.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.betatron.core.files.Checksums;
import org.betatron.torch.error.ModelException;

/// What a file held, so that other bytes are noticed where [FileStamp] shows nothing: a copy that
/// keeps times,
/// writes through a mapping, a disk that fails.
///
/// It is read through a buffer, half a second a GB where the system has it in memory, and takes no
/// memory of the
/// process. The file stays open, so that it is the same one whatever takes its name.
public final class FileContents implements AutoCloseable {

    private final Path path;
    private final FileChannel channel;
    private final String checksum;

    private FileContents(Path path, FileChannel channel, String checksum) {
        this.path = path;
        this.channel = channel;
        this.checksum = checksum;
    }

    /// @param path an existing file
    /// @return what it holds now, to be closed by the caller
    @SuppressWarnings("MustBeClosed") // handed to the result, which closes it
    public static FileContents of(Path path) {
        try {
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
            try {
                return new FileContents(path, channel, Checksums.of(channel));
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + path, e);
        }
    }

    /// @return checksum of what it held
    public String checksum() {
        return checksum;
    }

    /// @throws ModelException if it holds something else
    public void requireUnchanged() {
        try {
            if (!Checksums.of(channel).equals(checksum)) {
                throw FileStamp.changed(path);
            }
        } catch (IOException e) {
            throw new ModelException(path + " can no longer be read: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close " + path, e);
        }
    }
}
