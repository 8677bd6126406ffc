package org.betatron.data.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.betatron.data.DataException;
import org.betatron.data.row.PreferencePair;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceFileTest {

    private static final String ROW = "{\"prompt\": \"p\", \"chosen\": \"a\", \"rejected\": \"b\"}\n";

    @TempDir
    Path directory;

    private Path write(String name, byte[] bytes) throws IOException {
        return Files.write(directory.resolve(name), bytes);
    }

    private Path write(String name, String text) throws IOException {
        return write(name, text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private static int count(Path file) {
        int rows = 0;
        try (RowReader<PreferencePair> reader = PreferenceFormat.AUTO.open(file)) {
            while (reader.hasNext()) {
                reader.next();
                rows++;
            }
        }
        return rows;
    }

    private static void assertFails(Path file, String message) {
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> count(file))
                .withMessageStartingWith(file + message);
    }

    @Test
    void gzipIsRecognisedByContentNotByName() throws IOException {
        assertThat(count(write("a.jsonl", gzip(ROW + ROW)))).isEqualTo(2);
        assertThat(count(write("b.gz", ROW))).isEqualTo(1);
    }

    @Test
    void linesAndListsHoldTheSameRows() throws IOException {
        assertThat(count(write("a.jsonl", "\ufeff\n" + ROW + "\r\n\n" + ROW))).isEqualTo(2);
        assertThat(count(write("a.json", " [\n" + ROW + "," + ROW + "]\n"))).isEqualTo(2);
    }

    @Test
    void missingAndEmptyFiles() throws IOException {
        assertFails(directory.resolve("none.jsonl"), ": no such file");
        assertFails(directory, ": must be a file but was a directory");
        assertFails(write("empty.jsonl", ""), ": has no rows");
        assertFails(write("blank.jsonl", "\n \n"), ": has no rows");
        assertFails(write("list.json", "[]"), ": has no rows");
    }

    /// Every byte of a second part counts; the reader of the JDK takes a damaged beginning for the
    /// end of the file.
    @Test
    void damagedPartsOfGzipAreNeverLeftOut() throws IOException {
        byte[] part = gzip(ROW);
        byte[] two = Arrays.copyOf(part, 2 * part.length);
        System.arraycopy(part, 0, two, part.length, part.length);
        assertThat(count(write("two.gz", two))).isEqualTo(2);
        assertThat(count(write("padded.gz", Arrays.copyOf(two, two.length + 9))))
                .isEqualTo(2);
        for (int at = part.length; at < two.length; at++) {
            byte[] flipped = two.clone();
            flipped[at] ^= 4;
            boolean isIgnored = at >= part.length + 4 && at < part.length + 10; // time and system
            Path file = write("flipped.gz", flipped);
            if (isIgnored) {
                assertThat(count(file)).isEqualTo(2);
            } else {
                assertThatExceptionOfType(DataException.class)
                        .as("byte %d of the second part", at - part.length)
                        .isThrownBy(() -> count(file));
            }
        }
        Path file = write(
                "more.gz",
                (new String(part, StandardCharsets.ISO_8859_1) + "more").getBytes(StandardCharsets.ISO_8859_1));
        assertFails(
                file,
                ":1: the gzip data is damaged: part 1 of the gzip file is damaged: what follows it is no further"
                        + " part");
    }

    @Test
    void truncatedGzip() throws IOException {
        byte[] whole = gzip(ROW.repeat(100));
        byte[] cut = Arrays.copyOf(whole, whole.length - 12);
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> count(write("cut.gz", cut)))
                .withMessageContaining("the gzip data ends too early: the file was cut short, copy it again");
        byte[] list = gzip("[" + ROW + "," + ROW);
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> count(write("list.gz", Arrays.copyOf(list, list.length - 12))))
                .withMessageContaining("the gzip data ends too early");
        byte[] damaged = gzip(ROW.repeat(100));
        damaged[damaged.length - 6] ^= 0x55;
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> count(write("damaged.gz", damaged)))
                .withMessageContaining("the gzip data is damaged");
    }

    @Test
    void invalidUtf8() throws IOException {
        byte[] bytes = (ROW + ROW).getBytes(StandardCharsets.UTF_8);
        bytes[ROW.length() + 12] = (byte) 0xe9;
        assertFails(write("latin1.jsonl", bytes), ":2: not valid UTF-8: convert the file to UTF-8");
    }

    @Test
    void invalidJson() throws IOException {
        assertFails(write("a.jsonl", ROW + "{\"prompt\": \"p\",\n"), ":2: every line must be one JSON object: ");
        assertFails(
                write("b.jsonl", ROW + ROW.strip() + " {}\n"),
                ":2: a line must be one JSON object but more follows it");
        assertFails(write("c.jsonl", "3\n"), ":1: every row must be a JSON object but was a number");
        assertFails(
                write("d.json", "[" + ROW + "\n" + ROW + "]"),
                ":3: the list cannot be read any further: not valid JSON");
        assertFails(
                write("e.json", "[" + ROW),
                ":2: the list cannot be read any further: it ends in the middle of a value");
        assertFails(write("f.json", "[" + ROW + "]\n[]"), ":3: a JSON file must hold one list but more follows it");
        assertFails(
                write("g.jsonl", "{\"prompt\": \"a\", \"prompt\": \"b\", \"chosen\": \"c\", \"rejected\": \"d\"}"),
                ":1: \"prompt\" holds or is a key that occurs twice, and only one of them can be read");
    }
}
