package org.betatron.core.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NewDirectoryTest {

    @TempDir
    private Path directory;

    @Test
    void whatIsKeptStays() throws IOException {
        Path path = directory.resolve("a/b");
        try (NewDirectory model = NewDirectory.at(path)) {
            Files.writeString(path.resolve("file"), "");
            model.keep();
        }
        assertThat(path.resolve("file")).exists();
        assertThatThrownBy(() -> NewDirectory.at(path))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(path + " must be an empty directory, or not exist");
        assertThatThrownBy(() -> NewDirectory.at(path.resolve("file")))
                .hasMessageEndingWith("must be an empty directory, or not exist");
    }

    @Test
    void failureTakesBackWhatWasMadeAndNoMore() throws IOException {
        Path own = Files.createDirectory(directory.resolve("own"));
        for (Path path : new Path[] {directory.resolve("new"), own}) {
            assertThatThrownBy(() -> {
                        try (NewDirectory _ = NewDirectory.at(path)) {
                            Files.createDirectory(path.resolve("deep"));
                            Files.writeString(path.resolve("deep/file"), "");
                            throw new UnsatisfiedLinkError("libtorch.so");
                        }
                    })
                    .hasMessage("libtorch.so");
        }
        assertThat(directory.resolve("new")).doesNotExist();
        assertThat(own).isEmptyDirectory();
    }

    @Test
    void oneCommandFillsItAtATime() throws IOException {
        Path path = directory.resolve("world");
        try (NewDirectory world = NewDirectory.at(path)) {
            assertThatThrownBy(() -> NewDirectory.at(path))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(path + " is being written by another command, process "
                            + ProcessHandle.current().pid() + ": wait until it ends or stop it (kill "
                            + ProcessHandle.current().pid() + "), or choose another directory");
            world.keep();
        }
        assertThat(path).isEmptyDirectory();
    }
}
