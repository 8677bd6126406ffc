package org.betatron.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// docs/architecture.md names every package, and only packages that exist.
class ArchitectureDocumentTest {

    private static final Pattern NAMED = Pattern.compile("`(org\\.betatron(\\.[a-z]+)+)`");

    private static final Path ROOT = Path.of("..");

    @Test
    void namesEveryPackageAndNoOther() throws IOException {
        Set<String> named = NAMED.matcher(Files.readString(ROOT.resolve("docs/architecture.md")))
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(packages()).hasSizeGreaterThan(40).isEqualTo(named);
    }

    /// Packages that hold more than their description.
    private static Set<String> packages() throws IOException {
        Set<String> packages = new TreeSet<>();
        try (Stream<Path> modules = Files.list(ROOT)) {
            for (Path sources : modules.map(module -> module.resolve("src/main/java"))
                    .filter(Files::isDirectory)
                    .filter(directory -> !directory.startsWith(ROOT.resolve("benchmarks")))
                    .toList()) {
                try (Stream<Path> files = Files.walk(sources)) {
                    files.filter(file -> file.toString().endsWith(".java"))
                            .filter(file -> !file.endsWith("package-info.java"))
                            .map(file -> sources.relativize(file).toString())
                            .map(file ->
                                    file.substring(0, file.lastIndexOf('/')).replace('/', '.'))
                            .forEach(packages::add);
                }
            }
        }
        return packages;
    }
}
