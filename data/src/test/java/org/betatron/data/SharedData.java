package org.betatron.data;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/// Finds real public files that lie beside the repository and are not part of it.
public final class SharedData {

    private SharedData() {}

    /// Skips the calling test, with the reason, where the file is absent.
    public static Path require(String relative) {
        String property = System.getProperty("betatron.shared");
        if (property != null) {
            Path path = Path.of(property).resolve("data").resolve(relative);
            assumeTrue(Files.exists(path), () -> "skipped: there is no " + path + " (betatron.shared)");
            return path;
        }
        for (Path directory = Path.of("").toAbsolutePath(); directory != null; directory = directory.getParent()) {
            Path path = directory.resolve("shared").resolve("data").resolve(relative);
            if (Files.exists(path)) {
                return path;
            }
        }
        assumeTrue(
                false,
                "skipped: there is no shared/data/" + relative
                        + " beside the repository; -Dbetatron.shared=DIR says where shared/ is");
        throw new AssertionError();
    }
}
