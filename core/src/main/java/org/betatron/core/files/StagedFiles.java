package org.betatron.core.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/// Files and directories that go into place whole or not at all.
///
/// ```text
/// write into .partial-*-NAME  ->  fsync everything in it  ->  rename to NAME  ->  fsync the parent
/// ```
///
/// A reader that looks only for `NAME` never meets anything incomplete, whatever happens in
/// between. Several files go into place one after the other when all are whole; a crash in the
/// midst leaves some new and some old, so what refers to others is staged last.
///
/// Names of partial files are used once, so two writers of one target do not disturb each other:
/// the later one wins. An object serves one thread.
public final class StagedFiles implements AutoCloseable {

    private static final String PARTIAL = ".partial-";

    /// As many as Linux follows.
    private static final int MOST_LINKS = 40;

    private static final AtomicLong NUM_STAGED = new AtomicLong();

    private final Map<Path, Path> partialByTarget = new LinkedHashMap<>();

    /// Writes what goes into place.
    @FunctionalInterface
    public interface Content {

        /// @param partial where to write for now: an empty directory, or a file that does not exist
        void writeTo(Path partial) throws IOException;
    }

    /// Writes one file.
    ///
    /// @param target  replaced if it exists; directories above it are made
    /// @param content writes it
    /// @throws IOException if anything could not be written; the target is as it was then
    /// @throws IllegalArgumentException if the target is something else than a file
    public static void write(Path target, Content content) throws IOException {
        Path file = requireFile(target);
        try (StagedFiles files = new StagedFiles()) {
            content.writeTo(files.stage(file));
            files.moveAll();
        }
    }

    /// A device or a pipe would be replaced by a file, and a directory with everything in it. What
    /// lies under `/dev` and `/proc` may be a link to a file that a shell has open, and would lose
    /// what is in it.
    ///
    /// @return what is replaced: of a link what it leads to, so that the link stays
    static Path requireFile(Path target) throws IOException {
        Path file = target;
        for (int links = 0; ; links++) {
            refuseSystem(target, file);
            if (!Files.isSymbolicLink(file)) {
                break;
            }
            if (links == MOST_LINKS) {
                throw mustBeFile(target, "a link that leads nowhere");
            }
            file = parentOf(file).resolve(Files.readSymbolicLink(file)).normalize();
        }
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw mustBeFile(target, FileKind.of(file));
        }
        return file;
    }

    private static void refuseSystem(Path target, Path file) throws IOException {
        Path parent = parentOf(file);
        Path place = Files.exists(parent) ? parent.toRealPath().resolve(file.getFileName()) : file;
        for (Path name : List.of(file.toAbsolutePath().normalize(), place)) {
            boolean isDevice = name.startsWith("/dev") && !name.startsWith("/dev/shm");
            if (isDevice || name.startsWith("/proc")) {
                throw mustBeFile(
                        target,
                        (name.equals(target.toAbsolutePath().normalize()) ? "" : "a link to " + name + ", ")
                                + (isDevice ? "a device" : "a part") + " of the system");
            }
        }
    }

    private static IllegalArgumentException mustBeFile(Path target, String found) {
        return new IllegalArgumentException(target + " must be a file, or not exist, to be written, but is " + found);
    }

    /// Writes one directory.
    ///
    /// @param target  replaced as a whole if it exists; directories above it are made. One that is
    ///     not empty cannot be replaced in one move, so a crash at that moment leaves neither
    /// @param content fills it
    /// @throws IOException if anything could not be written; the target is as it was then
    public static void writeDirectory(Path target, Content content) throws IOException {
        try (StagedFiles files = new StagedFiles()) {
            content.writeTo(Files.createDirectory(files.stage(target)));
            files.moveAll();
        }
    }

    /// Removes a file or directory, under another name, so that a removal cut short leaves nothing
    /// that looks whole.
    ///
    /// @param target exists
    public static void remove(Path target) throws IOException {
        Path partial = partialOf(target);
        Files.move(target, partial, StandardCopyOption.ATOMIC_MOVE);
        Directories.delete(partial);
    }

    /// Removes what processes that died left in a directory and below.
    ///
    /// @param directory that nobody else writes into now
    public static void removeLeftovers(Path directory) throws IOException {
        List<Path> leftovers;
        try (Stream<Path> walk = Files.walk(directory)) {
            leftovers = walk.filter(path -> path.getFileName().toString().startsWith(PARTIAL))
                    .toList();
        }
        for (Path leftover : leftovers) {
            Directories.delete(leftover);
        }
    }

    /// @param target where a file or directory belongs; directories above it are made
    /// @return where to write it, in the same directory; nothing is there yet
    public Path stage(Path target) throws IOException {
        Path partial = partialOf(target);
        Files.createDirectories(parentOf(target));
        partialByTarget.put(target, partial);
        return partial;
    }

    /// Moves everything that was staged into place, in the order in which it was staged.
    ///
    /// @throws IOException if something cannot be synced, and nothing was moved; or if a move
    ///     fails, and what was not moved yet is removed by [#close]
    public void moveAll() throws IOException {
        for (Path partial : partialByTarget.values()) {
            try (Stream<Path> walk = Files.walk(partial)) {
                for (Path path : walk.toList()) {
                    sync(path);
                }
            }
        }
        for (Map.Entry<Path, Path> staged : partialByTarget.entrySet()) {
            Path target = staged.getKey();
            if (Files.isDirectory(target) && !Directories.list(target).isEmpty()) {
                Path old = partialOf(target);
                Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
                Files.move(staged.getValue(), target, StandardCopyOption.ATOMIC_MOVE);
                Directories.delete(old);
            } else {
                Files.move(staged.getValue(), target, StandardCopyOption.ATOMIC_MOVE);
            }
            sync(parentOf(target));
        }
        partialByTarget.clear();
    }

    /// Removes what was staged and not moved.
    @Override
    public void close() throws IOException {
        for (Path partial : partialByTarget.values()) {
            Directories.delete(partial);
        }
    }

    /// Moves a whole file that was written elsewhere in the same directory into place.
    static void move(Path file, Path target) throws IOException {
        sync(file);
        Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
        sync(parentOf(target));
    }

    private static void sync(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static Path partialOf(Path target) {
        return target.resolveSibling(PARTIAL + ProcessHandle.current().pid() + "-" + NUM_STAGED.incrementAndGet() + "-"
                + target.getFileName());
    }

    private static Path parentOf(Path target) {
        Path parent = target.toAbsolutePath().getParent();
        if (parent == null) {
            throw new IllegalArgumentException(target + " must have a parent directory");
        }
        return parent;
    }
}
