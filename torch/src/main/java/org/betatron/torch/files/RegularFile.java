package org.betatron.torch.files;

import java.nio.file.Files;
import java.nio.file.Path;
import org.betatron.torch.error.ModelException;

/// What a file of a model must be. A pipe or a device in its place would be waited for without end.
final class RegularFile {

    private RegularFile() {}

    /// @param file exists, or a link to one that does
    /// @throws ModelException if it is a directory, a pipe, a socket or a device
    static void require(Path file) {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new ModelException(file + " must be a file but is "
                    + (Files.isDirectory(file) ? "a directory" : "a pipe, a socket or a device"));
        }
    }
}
