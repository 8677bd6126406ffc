package org.betatron.torch.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.betatron.torch.error.ModelException;
import org.jspecify.annotations.Nullable;

/// What a file was like when it was read, so that a change underneath is noticed.
///
/// A mapped file is the file that was opened: another one that takes its name, or none, changes
/// nothing. One that is overwritten in place changes what is mapped, and one that becomes shorter
/// ends the process when what is gone is touched.
///
/// @param path     the file
/// @param identity which file it was, where the system tells
/// @param bytes    its size
/// @param time     of its last change
public record FileStamp(Path path, @Nullable Object identity, long bytes, FileTime time) {

    /// @throws IOException if the file cannot be read
    public static FileStamp of(Path path) throws IOException {
        BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
        return new FileStamp(path, now.fileKey(), now.size(), now.lastModifiedTime());
    }

    /// @throws ModelException if it was overwritten
    public void requireUnchanged() {
        try {
            FileStamp now = of(path);
            boolean replaced = identity != null && !identity.equals(now.identity);
            if (!replaced && (now.bytes != bytes || !now.time.equals(time))) {
                throw changed(path);
            }
        } catch (NoSuchFileException e) {
            // What is mapped stays until it is let go.
        } catch (IOException e) {
            throw new ModelException(path + " can no longer be read: " + e.getMessage(), e);
        }
    }

    static ModelException changed(Path path) {
        return new ModelException(path + " was changed while the model in it was in use, so the weights are no"
                + " longer those that were loaded: start again, and put other weights there under a new file"
                + " that is renamed, or in another directory");
    }
}
