package org.betatron.training.run;

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

/// The right to write into a run directory, which one run has at a time.
///
/// It is a lock of the operating system on the file `.lock`, in which the number of the process that
/// holds it stands. The system takes the lock back when the process ends, in whatever way; the file stays
/// and means nothing by itself. On file systems shared by machines it is as good as their locks are.
final class RunLock implements AutoCloseable {

    static final String FILE = ".lock";

    /// The system tells processes apart, not runs within one; and closing any channel to the file would
    /// give back the lock of the whole process.
    private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

    private final Path root;
    private final FileChannel channel;

    private RunLock(Path root, FileChannel channel) {
        this.root = root;
        this.channel = channel;
    }

    /// @param directory exists
    /// @throws RunDirectoryException if another run holds it
    /// @throws IOException if the file cannot be made or locked
    static RunLock of(Path directory) throws IOException {
        Path root = directory.toRealPath();
        if (!HELD_HERE.add(root)) {
            throw inUse(directory, Long.toString(ProcessHandle.current().pid()));
        }
        try {
            return new RunLock(root, lockedChannel(directory));
        } catch (IOException | RuntimeException e) {
            HELD_HERE.remove(root);
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            HELD_HERE.remove(root);
        }
    }

    private static FileChannel lockedChannel(Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock == null) {
                throw inUse(directory, Files.readString(file).strip());
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
    private static RunDirectoryException inUse(Path directory, String process) {
        String holder = process.isEmpty() ? "" : ", process " + process;
        String stop = process.isEmpty() ? "" : " (kill " + process + ")";
        return new RunDirectoryException(directory + " is in use by a run that still goes on" + holder
                + ": wait until it ends or stop it" + stop + ", or choose another directory");
    }
}
