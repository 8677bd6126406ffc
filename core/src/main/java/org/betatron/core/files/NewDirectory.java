package org.betatron.core.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A directory that is being filled, by one command at a time, and is empty or away again if that fails.
///
/// For a directory that a user names: it may be there already, stand on a file system of its own, or be the one
/// that the user is in, so that it cannot be exchanged for one made beside it. A process that is killed leaves
/// what it has written.
public final class NewDirectory implements AutoCloseable {

    private final Path path;
    private final boolean existed;
    private final DirectoryLock lock;
    private boolean kept;

    private NewDirectory(Path path, boolean existed, DirectoryLock lock) {
        this.path = path;
        this.existed = existed;
        this.lock = lock;
    }

    /// @param path made if it is not there
    /// @throws IllegalArgumentException if it is no directory, not empty, or being filled by another command
    /// @throws IOException              if it cannot be made
    public static NewDirectory at(Path path) throws IOException {
        boolean exists = Files.exists(path);
        // No lock file between files of somebody else; where there is one, who holds it is to be said first.
        if (exists && (!Files.isDirectory(path) || !Files.exists(path.resolve(DirectoryLock.FILE)))) {
            requireEmpty(path);
        }
        Files.createDirectories(path);
        DirectoryLock lock = DirectoryLock.of(path);
        try {
            requireEmpty(path);
            return new NewDirectory(path, exists, lock);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static void requireEmpty(Path path) throws IOException {
        if (!Files.isDirectory(path)
                || Directories.list(path).stream().anyMatch(entry -> !entry.endsWith(DirectoryLock.FILE))) {
            throw new IllegalArgumentException(path + " must be an empty directory, or not exist");
        }
    }

    /// Says that everything is in it.
    public void keep() {
        kept = true;
    }

    /// Removes everything in it, and the directory itself if it was not there before, unless it is to be kept.
    @Override
    public void close() throws IOException {
        if (kept) {
            lock.remove();
            return;
        }
        try (lock) {
            empty();
        }
    }

    private void empty() throws IOException {
        if (existed) {
            for (Path entry : Directories.list(path)) {
                Directories.delete(entry);
            }
        } else {
            Directories.delete(path);
        }
    }
}
