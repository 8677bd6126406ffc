package org.betatron.core.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// The right to write into a directory, which one command has at a time.
///
/// It is a lock of the operating system on the file `.lock`, in which the number of the process that
/// holds it stands. The system takes the lock back when the process ends, in whatever way; the file stays
/// and means nothing by itself. On file systems shared by machines it is as good as their locks are.
public final class DirectoryLock implements AutoCloseable {

    /// Name of the file that is locked.
    public static final String FILE = ".lock";

    /// The system tells processes apart, not runs within one; and closing any channel to the file would
    /// give back the lock of the whole process.
    private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

    private final Path root;
    private final FileChannel channel;

    private DirectoryLock(Path root, FileChannel channel) {
        this.root = root;
        this.channel = channel;
    }

    /// @param directory exists
    /// @param inUse     makes what is thrown if another command holds it, of the words that say who
    /// @throws IOException if the file cannot be made or locked
    public static DirectoryLock of(Path directory, Function<String, ? extends RuntimeException> inUse)
            throws IOException {
        Path root = directory.toRealPath();
        if (!HELD_HERE.add(root)) {
            throw inUse.apply(holder(Long.toString(ProcessHandle.current().pid())));
        }
        try {
            return new DirectoryLock(root, lockedChannel(directory, inUse));
        } catch (IOException | RuntimeException e) {
            HELD_HERE.remove(root);
            throw e;
        }
    }

    /// As [#of], refusing in the words of a command line.
    public static DirectoryLock of(Path directory) throws IOException {
        return of(
                directory,
                holder -> new IllegalArgumentException(
                        directory + " is being written by another command" + holder + ", or choose another directory"));
    }

    /// Lets go, and leaves no file behind.
    public void remove() throws IOException {
        Files.deleteIfExists(root.resolve(FILE));
        close();
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            HELD_HERE.remove(root);
        }
    }

    private static FileChannel lockedChannel(Path directory, Function<String, ? extends RuntimeException> inUse)
            throws IOException {
        Path file = directory.resolve(FILE);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock == null) {
                throw inUse.apply(holder(Files.readString(file).strip()));
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.UTF_8)));
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /// @param process number; empty in the moment between lock and number
    private static String holder(String process) {
        String stop = process.isEmpty() ? "" : " (kill " + process + ")";
        return (process.isEmpty() ? "" : ", process " + process) + ": wait until it ends or stop it" + stop;
    }
}
