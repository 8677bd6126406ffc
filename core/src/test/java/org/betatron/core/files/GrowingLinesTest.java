package org.betatron.core.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrowingLinesTest {

    @TempDir
    private Path directory;

    @Test
    void linesAreThereWhenTheyAreAppendedAndTakeTheirNameAtTheEnd() throws IOException {
        Path target = Files.writeString(directory.resolve("scores.jsonl"), "old\n");
        Path partial = directory.resolve("scores.jsonl.partial");
        try (GrowingLines lines = GrowingLines.open(target)) {
            lines.append(List.of("a", "b"));
            assertThat(partial).hasContent("a\nb\n");
            lines.append(List.of("c"));
            assertThat(partial).hasContent("a\nb\nc\n");
            assertThat(target).hasContent("old\n");
            lines.finish();
        }
        assertThat(target).hasContent("a\nb\nc\n");
        try (GrowingLines lines = GrowingLines.open(target)) {
            lines.append(List.of("d"));
            lines.finishWith(List.of("D", "E"));
        }
        assertThat(target).hasContent("D\nE\n");
        assertThat(Directories.list(directory)).containsExactly(target);
    }

    @Test
    void linesOfAWriterThatWasEndedStay() throws IOException {
        Path target = directory.resolve("scores.jsonl");
        try (GrowingLines lines = GrowingLines.open(target)) {
            lines.append(List.of("a"));
        }
        assertThat(target).doesNotExist();
        assertThat(directory.resolve("scores.jsonl.partial")).hasContent("a\n");
    }

    @Test
    void aSecondWriterIsRefusedAsLongAsThereIsAFirst() throws IOException {
        Path target = directory.resolve("scores.jsonl");
        try (GrowingLines lines = GrowingLines.open(target)) {
            lines.append(List.of("a"));
            assertThatThrownBy(() -> GrowingLines.open(target))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(target + " is being written by another command: wait until it ends, or choose another"
                            + " file");
            lines.finish();
        }
        assertThat(target).hasContent("a\n");
        GrowingLines.open(target).close();
    }

    @Test
    void whatIsNoFileIsNotReplaced() throws IOException {
        Path target = Files.createDirectory(directory.resolve("scores.jsonl"));
        for (ThrowingCallable write : List.<ThrowingCallable>of(
                () -> GrowingLines.open(target),
                () -> StagedFiles.write(target, partial -> Files.createFile(partial)))) {
            assertThatThrownBy(write)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(target + " must be a file, or not exist, to be written, but is a directory");
        }
        assertThat(Directories.list(directory)).containsExactly(target);
    }
}
