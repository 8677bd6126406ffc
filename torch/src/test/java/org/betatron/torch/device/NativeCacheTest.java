package org.betatron.torch.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.betatron.torch.device.NativeCache.Unpacking;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeCacheTest {

    private static final Set<String> JARS = Set.of("one.jar", "two.jar");

    @TempDir
    private Path directory;

    @Test
    void whatWasUnpackedWholeStays() throws IOException {
        unpack(JARS, () -> write("one.jar", "whole"));
        unpack(JARS, () -> assertThat(read("one.jar")).isEqualTo("whole"));
        assertThat(Files.readAllLines(directory.resolve(NativeCache.WHOLE))).containsExactly("5 one.jar/library.so");
    }

    @Test
    void whatWasLeftHalfIsRemovedBeforeItIsTrusted() throws IOException {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> unpack(JARS, () -> {
                    write("one.jar", "hal");
                    throw new IOException("killed");
                }));
        List<Boolean> found = new ArrayList<>();
        unpack(JARS, () -> {
            found.add(Files.exists(directory.resolve("one.jar")));
            write("one.jar", "whole");
        });
        assertThat(found).containsExactly(false);
        assertThat(read("one.jar")).isEqualTo("whole");
    }

    @Test
    void aLibraryThatWasCutShortLaterIsUnpackedAgain() throws IOException {
        unpack(JARS, () -> {
            write("one.jar", "whole");
            write("two.jar", "whole");
        });
        write("one.jar", "who");
        unpack(JARS, () -> {
            assertThat(directory.resolve("one.jar")).doesNotExist();
            assertThat(read("two.jar")).isEqualTo("whole");
            write("one.jar", "whole");
        });
        Files.delete(directory.resolve("two.jar/library.so"));
        unpack(JARS, () -> assertThat(directory.resolve("two.jar")).doesNotExist());
    }

    /// It wrote names of jars alone, which say nothing of what lies there now.
    @Test
    void whatAnEarlierVersionUnpackedIsUnpackedOnceMore() throws IOException {
        write("one.jar", "who");
        Files.writeString(directory.resolve(NativeCache.WHOLE), "one.jar\ntwo.jar\n");
        unpack(JARS, () -> assertThat(directory.resolve("one.jar")).doesNotExist());
    }

    @Test
    void otherJarsAreLeftAlone() throws IOException {
        unpack(Set.of("one.jar"), () -> write("one.jar", "whole"));
        write("somebody-elses.jar", "theirs");
        unpack(JARS, () -> write("two.jar", "whole"));
        assertThat(read("one.jar")).isEqualTo("whole");
        assertThat(read("somebody-elses.jar")).isEqualTo("theirs");
    }

    @Test
    void libtorchIsMadeOfTheJarsThatJavaCppUnpacks() throws IOException {
        assertThat(NativeCache.jarsOfLibtorch())
                .hasSizeGreaterThanOrEqualTo(3)
                .anyMatch(jar -> jar.startsWith("pytorch-"))
                .allMatch(jar -> jar.endsWith(".jar"));
    }

    private void unpack(Set<String> jars, Unpacking unpacking) throws IOException {
        new NativeCache(directory).unpack(jars, unpacking);
    }

    private void write(String jar, String text) throws IOException {
        Files.createDirectories(directory.resolve(jar));
        Files.writeString(directory.resolve(jar).resolve("library.so"), text);
    }

    private String read(String jar) throws IOException {
        return Files.readString(directory.resolve(jar).resolve("library.so"));
    }
}
