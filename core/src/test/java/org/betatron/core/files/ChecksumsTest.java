package org.betatron.core.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChecksumsTest {

    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = Files.createDirectory(directory.resolve("model")).resolve("weights");
        Files.writeString(file, "123456789");
        Files.writeString(directory.resolve("state"), "");
        Checksums.write(directory);
    }

    /// The check value of CRC-32C, of "123456789", is e3069283 (Williams, A Painless Guide to CRC
    /// Error Detection).
    @Test
    void aLineForEachFile() throws IOException {
        assertThat(directory.resolve("checksums")).hasContent("e3069283 9 model/weights\n00000000 0 state\n");
        assertThat(Checksums.damage(directory)).isEmpty();
    }

    @Test
    void damageIsNamed() throws IOException {
        Files.writeString(file, "123456780");
        assertThat(Checksums.damage(directory)).contains(file + " has other bytes than were written");
        Files.writeString(file, "");
        assertThat(Checksums.damage(directory)).contains(file + " has other bytes than were written");
        Files.delete(file);
        assertThat(Checksums.damage(directory)).contains(file + " is missing");
        Files.writeString(file, "123456789");
        Path other = Files.writeString(directory.resolve("other"), "");
        assertThat(Checksums.damage(directory)).contains(directory.resolve("checksums") + " does not know other");
        Files.delete(other);
        for (String line :
                new String[] {"", "e3069283 9", "E3069283 9 model/weights", "\u0000", "e3069283 9 model/\u0000"}) {
            Files.write(directory.resolve("checksums"), line.getBytes(StandardCharsets.ISO_8859_1));
            assertThat(Checksums.damage(directory))
                    .contains(directory.resolve("checksums") + " is not what was written");
        }
    }

    /// People add files to a model that was saved, and change some; others have lists of another
    /// form.
    @Test
    void someFilesOfADirectoryThatPeopleChange() throws IOException {
        Path list = directory.resolve("checksums");
        Files.writeString(directory.resolve("other"), "");
        assertThat(Checksums.damage(directory, _ -> true)).isEmpty();
        Files.writeString(file, "123456780");
        assertThat(Checksums.damage(directory, "state"::equals)).isEmpty();
        assertThat(Checksums.damage(directory, "model/weights"::equals))
                .contains(file + " has other bytes than were written: put the file back from a copy or make it again;"
                        + " if the change is meant, delete " + list);
        Files.delete(file);
        assertThat(Checksums.damage(directory, _ -> true))
                .hasValueSatisfying(damage -> assertThat(damage).startsWith(file + " is missing: put"));
        Files.writeString(list, "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08  weights\n");
        assertThat(Checksums.damage(directory, _ -> true)).isEmpty();
    }

    @Test
    void onlyWhatIsNamedAndThere() throws IOException {
        Checksums.write(directory, List.of("state", "missing"));
        assertThat(directory.resolve("checksums")).hasContent("00000000 0 state\n");
    }

    @Test
    void directoriesFromBeforeThereWereChecksumsAreTakenAsTheyAre() throws IOException {
        Files.delete(directory.resolve("checksums"));
        Files.writeString(file, "other");
        assertThat(Checksums.damage(directory)).isEmpty();
    }

    /// A pipe would be waited for without end, and a link that leads nowhere is a list that was
    /// lost.
    @Test
    void whatIsNoListIsNamed() throws IOException, InterruptedException {
        Path list = directory.resolve("checksums");
        Files.delete(list);
        assertThat(new ProcessBuilder("mkfifo", list.toString()).start().waitFor())
                .isZero();
        assertNoList(list, "a pipe");
        Files.createSymbolicLink(list, Path.of("gone"));
        assertNoList(list, "a link that leads nowhere");
        Files.createSymbolicLink(list, Path.of("/dev/zero"));
        assertNoList(list, "a device");
        Files.createDirectory(list);
        assertThat(Checksums.damage(directory)).contains(list + " is a directory, not what was written");
        assertThat(Checksums.damage(directory, _ -> true)).isEmpty();
    }

    private void assertNoList(Path list, String kind) throws IOException {
        assertThat(Checksums.damage(directory)).contains(list + " is " + kind + ", not what was written");
        assertThat(Checksums.damage(directory, _ -> true).orElse(""))
                .startsWith(list + " must be a file but is " + kind);
        Files.delete(list);
    }
}
