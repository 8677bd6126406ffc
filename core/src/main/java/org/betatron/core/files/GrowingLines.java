package org.betatron.core.files;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// A file of lines that can be read while it grows, and takes its name when it is whole.
///
/// ```text
/// NAME.partial grows by whole lines  ->  NAME
/// ```
///
/// Whatever ends the writer, `NAME.partial` holds the lines that were appended, and `NAME` is as it
/// was. A second writer is refused as long as there is a first.
public final class GrowingLines implements AutoCloseable {

    private final Path target;
    private final Path partial;
    private final BufferedWriter out;

    private GrowingLines(Path target, Path partial, FileChannel locked) {
        this.target = target;
        this.partial = partial;
        out = new BufferedWriter(Channels.newWriter(locked, StandardCharsets.UTF_8));
    }

    /// @param target where the lines belong; those of an earlier writer that was ended are
    ///     replaced. Directories above it are made
    /// @throws IllegalArgumentException if it is no file, or another writer is at it
    public static GrowingLines open(Path target) throws IOException {
        Path file = StagedFiles.requireFile(target);
        Path partial = file.resolveSibling(file.getFileName() + ".partial");
        Files.createDirectories(file.toAbsolutePath().getParent());
        FileChannel channel = FileChannel.open(partial, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            // A lock of the system, which ends with the process, in whatever way it ends.
            if (channel.tryLock() == null) {
                throw inUse(target);
            }
            channel.truncate(0);
            return new GrowingLines(file, partial, channel);
        } catch (OverlappingFileLockException e) {
            channel.close();
            throw inUse(target);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static IllegalArgumentException inUse(Path target) {
        return new IllegalArgumentException(
                target + " is being written by another command: wait until it ends, or choose another file");
    }

    /// Appends lines, all of which are in the file when this returns.
    ///
    /// @param lines without line breaks
    public void append(List<String> lines) throws IOException {
        for (String line : lines) {
            out.write(line);
            out.write('\n');
        }
        out.flush();
    }

    /// Says that all lines are there.
    public void finish() throws IOException {
        out.close();
        StagedFiles.move(partial, target);
    }

    /// Puts other lines in place of those that were appended, which go.
    ///
    /// @param lines without line breaks
    public void finishWith(List<String> lines) throws IOException {
        out.close();
        StagedFiles.write(target, staged -> Files.write(staged, lines));
        Files.delete(partial);
    }

    /// Lets go of the file. The lines of a writer that has not finished stay.
    @Override
    public void close() throws IOException {
        out.close();
    }
}
