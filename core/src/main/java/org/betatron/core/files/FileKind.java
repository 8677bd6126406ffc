package org.betatron.core.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/// What lies in place of a file, in words for messages.
public final class FileKind {

    private static final int KIND_MASK = 0170000;
    private static final int CHARACTER_DEVICE = 0020000;
    private static final int BLOCK_DEVICE = 0060000;
    private static final int PIPE = 0010000;
    private static final int SOCKET = 0140000;

    private FileKind() {}

    /// @param path at which something lies that is no regular file; of a link what it leads to
    ///     counts
    /// @return what it is, with an article
    public static String of(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            return "a directory";
        }
        if (!Files.exists(path) && Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return "a link that leads nowhere";
        }
        if (!path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            return "no regular file";
        }
        return switch ((int) Files.getAttribute(path, "unix:mode") & KIND_MASK) {
            case CHARACTER_DEVICE, BLOCK_DEVICE -> "a device";
            case PIPE -> "a pipe";
            case SOCKET -> "a socket";
            default -> "no regular file";
        };
    }
}
