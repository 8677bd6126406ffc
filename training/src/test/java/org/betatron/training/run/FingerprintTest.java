package org.betatron.training.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FingerprintTest {

    @Test
    void textHasTheHashThatEveryToolGives() {
        // printf abc | sha256sum
        assertThat(Fingerprint.of("abc")).isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    @Test
    void filesCountByNameAndContentAndNotByPlace(@TempDir Path directory) throws IOException {
        Path a = Files.writeString(Files.createDirectory(directory.resolve("a")).resolve("w"), "1");
        Path b = Files.writeString(Files.createDirectory(directory.resolve("b")).resolve("w"), "1");
        Path c = Files.writeString(directory.resolve("w"), "2");
        assertThat(Fingerprint.of(List.of(a))).isEqualTo(Fingerprint.of(List.of(b)));
        assertThat(Fingerprint.of(List.of(a))).isNotEqualTo(Fingerprint.of(List.of(c)));
        Path missing = directory.resolve("missing");
        assertThatThrownBy(() -> Fingerprint.of(List.of(missing)))
                .isInstanceOf(TrainingException.class)
                .hasMessageStartingWith(missing + " cannot be read: ");
    }
}
