package org.betatron.core.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// What the JDK leaves out about directories.
public final class Directories {

    private Directories() {}

    /// @return entries of a directory in the order of their names; empty if there is no such directory
    public static List<Path> list(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.sorted().toList();
        }
    }

    /// Copies under the same name, replacing files that are there.
    ///
    /// @param source    file, or directory with what is in it
    /// @param directory exists
    public static void copyInto(Path source, Path directory) throws IOException {
        Path target = directory.resolve(source.getFileName());
        if (!Files.isDirectory(source)) {
            Files.copy(source, target, StandardCopyOption.REPLACE_EXISTING);
            return;
        }
        Files.createDirectories(target);
        for (Path entry : list(source)) {
            copyInto(entry, target);
        }
    }

    /// @param root file or directory, which goes with everything in it; nothing happens if it is not there
    public static void delete(Path root) throws IOException {
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
}
