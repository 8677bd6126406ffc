package org.betatron.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.betatron.testkit.LocalHub;

/// A hub for `parity/hub.py`.
final class ServedHub {

    private ServedHub() {}

    /// Serves the directories below one until it is killed: `models/ORG/NAME` and
    /// `datasets/ORG/NAME`.
    public static void main(String[] arguments) throws Exception {
        LocalHub hub = new LocalHub();
        Path root = Path.of(arguments[0]);
        for (String kind : List.of("models", "datasets")) {
            if (Files.isDirectory(root.resolve(kind))) {
                try (Stream<Path> found = Files.find(root.resolve(kind), 2, (_, _) -> true)) {
                    for (Path directory : found.filter(path -> path.getNameCount() == root.getNameCount() + 3)
                            .toList()) {
                        hub.put(root.relativize(directory).toString(), read(directory));
                    }
                }
            }
        }
        System.out.println(hub.address());
        Thread.sleep(Long.MAX_VALUE);
    }

    private static Map<String, byte[]> read(Path directory) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> found = Files.walk(directory)) {
            for (Path file : found.filter(Files::isRegularFile).toList()) {
                files.put(directory.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
        return files;
    }
}
