package org.betatron.training.run;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Puts files and directories into place whole or not at all.
///
/// ```text
/// write into .partial-NAME  ->  fsync everything in it  ->  rename to NAME  ->  fsync the parent
/// ```
///
/// A reader that looks only for `NAME` therefore never meets anything incomplete, whatever happens
/// in between. Stateless; two threads must not write the same target.
public final class AtomicFiles {

    private static final String PARTIAL = ".partial-";

    private AtomicFiles() {}

    /// Writes what goes into place.
    @FunctionalInterface
    public interface Content {

        /// @param partial where to write for now: an empty directory, or a file that does not exist
        void writeTo(Path partial) throws IOException;
    }

    /// @param target  directory that must not exist
    /// @param content fills it
    /// @throws IOException if anything could not be written; nothing is left behind then
    public static void writeDirectory(Path target, Content content) throws IOException {
        Path partial = partialOf(target);
        deleteTree(partial);
        Files.createDirectories(partial);
        writeAndMove(partial, target, content);
    }

    /// @param target  file, replaced if it exists
    /// @param content writes it
    /// @throws IOException if anything could not be written; the target is as it was then
    public static void writeFile(Path target, Content content) throws IOException {
        Path partial = partialOf(target);
        Files.deleteIfExists(partial);
        Files.createDirectories(parentOf(target));
        writeAndMove(partial, target, content);
    }

    /// Removes what an interrupted write left in a directory.
    static void deletePartials(Path directory) throws IOException {
        for (Path entry : list(directory)) {
            if (entry.getFileName().toString().startsWith(PARTIAL)) {
                deleteTree(entry);
            }
        }
    }

    static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(root)) {
            paths = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : paths) {
            Files.delete(path);
        }
    }

    /// @return entries of a directory in the order of their names; empty if there is no such
    ///     directory
    static List<Path> list(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.sorted().toList();
        }
    }

    static void sync(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static void writeAndMove(Path partial, Path target, Content content) throws IOException {
        try {
            content.writeTo(partial);
            try (Stream<Path> walk = Files.walk(partial)) {
                for (Path path : walk.toList()) {
                    sync(path);
                }
            }
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException e) {
            try {
                deleteTree(partial);
            } catch (IOException cleanup) {
                e.addSuppressed(cleanup);
            }
            throw e;
        }
        sync(parentOf(target));
    }

    private static Path partialOf(Path target) {
        return target.resolveSibling(PARTIAL + target.getFileName());
    }

    private static Path parentOf(Path target) {
        Path parent = target.toAbsolutePath().getParent();
        if (parent == null) {
            throw new IllegalArgumentException(target + " must have a parent directory");
        }
        return parent;
    }
}
