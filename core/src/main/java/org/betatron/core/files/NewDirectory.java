package org.betatron.core.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A directory that is being filled, and is empty or away again if that fails.
///
/// For a directory that a user names: it may be there already, stand on a file system of its own, or be the one
/// that the user is in, so that it cannot be exchanged for one made beside it. A process that is killed leaves
/// what it has written.
public final class NewDirectory implements AutoCloseable {

    private final Path path;
    private final boolean existed;
    private boolean kept;

    private NewDirectory(Path path, boolean existed) {
        this.path = path;
        this.existed = existed;
    }

    /// @param path made if it is not there
    /// @throws IllegalArgumentException if it is no directory, or not empty
    /// @throws IOException              if it cannot be made
    public static NewDirectory at(Path path) throws IOException {
        boolean exists = Files.exists(path);
        if (exists && (!Files.isDirectory(path) || !Directories.list(path).isEmpty())) {
            throw new IllegalArgumentException(path + " must be an empty directory, or not exist");
        }
        Files.createDirectories(path);
        return new NewDirectory(path, exists);
    }

    /// Says that everything is in it.
    public void keep() {
        kept = true;
    }

    /// Removes everything in it, and the directory itself if it was not there before, unless it is to be kept.
    @Override
    public void close() throws IOException {
        if (kept) {
            return;
        }
        if (existed) {
            for (Path entry : Directories.list(path)) {
                Directories.delete(entry);
            }
        } else {
            Directories.delete(path);
        }
    }
}
