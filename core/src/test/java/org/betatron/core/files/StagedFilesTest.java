package org.betatron.core.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StagedFilesTest {

    @TempDir
    private Path directory;

    @Test
    void fileIsReplacedWhenItIsWhole() throws IOException {
        Path file = directory.resolve("a/b/file");
        StagedFiles.write(file, partial -> Files.writeString(partial, "old"));
        StagedFiles.write(file, partial -> {
            Files.writeString(partial, "new");
            assertThat(file).hasContent("old");
        });
        assertThat(file).hasContent("new");
        assertThat(Directories.list(directory.resolve("a/b"))).containsExactly(file);
    }

    @Test
    void linkStaysAndWhatItLeadsToIsReplaced() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "old");
        Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("file"));
        StagedFiles.write(link, partial -> Files.writeString(partial, "new"));
        assertThat(Files.isSymbolicLink(link)).isTrue();
        assertThat(file).hasContent("new");
        Path open = Files.createSymbolicLink(directory.resolve("open"), Path.of("next"));
        StagedFiles.write(open, partial -> Files.writeString(partial, "made"));
        assertThat(Files.isSymbolicLink(open)).isTrue();
        assertThat(directory.resolve("next")).hasContent("made");
    }

    @ParameterizedTest
    @CsvSource({
        "/dev/null, a device of the system",
        "/dev/stdout, a device of the system",
        "/dev/fd/1, a device of the system",
        "/dev/no/such, a device of the system",
        "/proc/self/fd/1, a part of the system",
        "/dev/shm, a directory"
    })
    void whatIsNoFileIsNotReplaced(String target, String found) throws IOException {
        assertNotReplaced(Path.of(target), found);
        Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of(target));
        Path other = Files.createSymbolicLink(directory.resolve("other"), Path.of("link"));
        assertNotReplaced(other, target.equals("/dev/shm") ? found : "a link to " + target + ", " + found);
        assertThat(Directories.list(directory)).containsExactly(link, other);
    }

    /// Also where a directory on the way is the link.
    @Test
    void whatADirectoryOfLinksLeadsToIsNotReplaced() throws IOException {
        Path devices = Files.createSymbolicLink(directory.resolve("devices"), Path.of("/dev"));
        assertNotReplaced(devices.resolve("stdout"), "a link to /dev/stdout, a device of the system");
    }

    @Test
    void linksThatLeadToEachOtherAreRefused() throws IOException {
        Path first = Files.createSymbolicLink(directory.resolve("first"), Path.of("second"));
        Path second = Files.createSymbolicLink(directory.resolve("second"), Path.of("first"));
        Path itself = Files.createSymbolicLink(directory.resolve("itself"), Path.of("itself"));
        for (Path link : new Path[] {first, second, itself}) {
            assertNotReplaced(link, "a link that leads nowhere");
        }
    }

    private static void assertNotReplaced(Path target, String found) {
        assertThatThrownBy(() -> StagedFiles.write(target, partial -> Files.writeString(partial, "lost")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(target + " must be a file, or not exist, to be written, but is " + found);
    }

    @Test
    void failureLeavesTheTargetAsItWas() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "old");
        assertThatThrownBy(() -> StagedFiles.write(file, partial -> {
                    Files.writeString(partial, "ne");
                    throw new IOException("No space left on device");
                }))
                .hasMessage("No space left on device");
        // Not every failure is an exception: a library that cannot be linked is an error.
        assertThatThrownBy(() -> StagedFiles.writeDirectory(directory.resolve("new"), partial -> {
                    Files.writeString(partial.resolve("half"), "");
                    throw new UnsatisfiedLinkError("libtorch.so");
                }))
                .hasMessage("libtorch.so");
        assertThat(file).hasContent("old");
        assertThat(Directories.list(directory)).containsExactly(file);
    }

    @Test
    void directoryIsReplacedAsAWhole() throws IOException {
        Path target = directory.resolve("model");
        StagedFiles.writeDirectory(target, partial -> Files.writeString(partial.resolve("old"), "1"));
        StagedFiles.writeDirectory(target, partial -> Files.writeString(partial.resolve("new"), "2"));
        assertThat(Directories.list(target)).containsExactly(target.resolve("new"));
        Files.createDirectory(directory.resolve("empty"));
        StagedFiles.writeDirectory(
                directory.resolve("empty"), partial -> Files.writeString(partial.resolve("new"), "3"));
        assertThat(directory.resolve("empty/new")).hasContent("3");
        assertThat(Directories.list(directory)).containsExactly(directory.resolve("empty"), target);
    }

    @Test
    void groupGoesIntoPlaceTogether() throws IOException {
        Path first = directory.resolve("first");
        Path second = directory.resolve("second");
        try (StagedFiles files = new StagedFiles()) {
            Files.writeString(files.stage(first), "1");
            Files.writeString(files.stage(second), "2");
            assertThat(first).doesNotExist();
            files.moveAll();
        }
        assertThat(first).hasContent("1");
        assertThat(second).hasContent("2");
        try (StagedFiles files = new StagedFiles()) {
            Files.writeString(files.stage(first), "3");
            files.stage(second); // never written, so nothing may move
            assertThatThrownBy(files::moveAll).isInstanceOf(IOException.class);
        }
        assertThat(first).hasContent("1");
        assertThat(Directories.list(directory)).containsExactly(first, second);
    }

    @Test
    void twoWritersOfOneTargetDoNotDisturbEachOther() throws IOException {
        Path file = directory.resolve("file");
        StagedFiles.write(file, outer -> {
            Files.writeString(outer, "outer");
            StagedFiles.write(file, inner -> Files.writeString(inner, "inner"));
            assertThat(file).hasContent("inner");
        });
        assertThat(file).hasContent("outer");
    }

    @Test
    void leftoversOfADeadProcessGoWithEverythingInThem() throws IOException {
        Path kept = Files.writeString(directory.resolve("kept"), "");
        Path deep = Files.createDirectories(directory.resolve("a"));
        Files.createDirectory(deep.resolve(".partial-1-1-model"));
        Files.writeString(deep.resolve(".partial-1-1-model/.partial-1-2-config.json"), "{");
        Files.writeString(directory.resolve(".partial-1-3-file"), "half");
        StagedFiles.removeLeftovers(directory);
        assertThat(Directories.list(directory)).containsExactly(deep, kept);
        assertThat(deep).isEmptyDirectory();
    }

    @Test
    void removalTakesTheNameFirst() throws IOException {
        Path target = directory.resolve("step-1");
        StagedFiles.writeDirectory(target, partial -> Files.writeString(partial.resolve("state"), ""));
        StagedFiles.remove(target);
        assertThat(directory).isEmptyDirectory();
    }
}
