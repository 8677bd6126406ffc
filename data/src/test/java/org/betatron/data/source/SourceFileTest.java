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
import org.betatron.data.layout.PreferenceFormat;
import org.betatron.data.layout.RowReader;
import org.betatron.data.row.PreferencePair;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
    void missingAndEmptyFiles() throws IOException, InterruptedException {
        assertFails(directory.resolve("none.jsonl"), ": no such file");
        assertFails(directory, ": must be a file but was a directory");
        assertFails(Path.of("/dev/null"), ": is a pipe or a device, which may never end");
        Path pipe = directory.resolve("pipe.jsonl");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        assertFails(pipe, ": is a pipe or a device, which may never end and cannot be read twice: write");
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
        assertFails(write("c.jsonl", "3\n"), ":1: the file must begin with { or [: its rows are JSON objects");
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

    /// `|` stands for a line break; what comes after `~` is named, and what to do.
    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '^', textBlock = """
        FEA1xxxxxxxxxxxxxxxxx ~ : is a Feather file of the first version: write it as Parquet
        PK\u0003\u0004xxxxxxxxxxxxxxxxx ~ : is a zip archive: unpack it first
        BZh91AY&SYxxxxxxxxxxx ~ : is compressed with bzip2: unpack it first
        SQLite format 3 xxxxx ~ : is an SQLite database: write its rows as JSON lines
        # two pairs|{}| ~ :1: the file begins with a comment, which JSON lines do not have: delete that line
        // two pairs|{}| ~ :1: the file begins with a comment, which JSON lines do not have: delete that line
        prompt,chosen,rejected|a,b,c| ~ :1: the file seems to be a table with columns (CSV): convert it to JSON lines
        prompt\tchosen|a\tb| ~ :1: the file seems to be a table with columns (TSV): convert it to JSON lines
        Once upon a time.|The end.| ~ :1: the file must begin with { or [: its rows are JSON objects, one a line
        {| "prompt": "p",| "chosen": "a"|}| ~ :1: every line must be one JSON object: it ends in the middle of a value; a row must not go on
        {| "rows": [|  {"prompt": "p"}|]}| ~ :1: the file is one object whose rows stand in a list under "rows"
        {"rows": [|{"prompt": "p"}|]}| ~ :1: the file is one object whose rows stand in a list under "rows"
        {"rows": [{"prompt": "p"}]}| ~ :1: the file is one object whose rows stand in a list under "rows"
        {"prompt": "p", "chosen": "a", "rejected": "b"}{"prompt": "q"}| ~ :1: a line must be one JSON object but more follows it: put each object on a line of its own
        {"prompt": 'p'}| ~ :1: every line must be one JSON object: not valid JSON at column
        {"prompt": "p", "chosen": "it goes on|{"prompt": "p"}| ~ :1: every line must be one JSON object: the text that begins at column 27, `"it goes on`, has no quotation mark that ends it on this line
        {"prompt": "p", "chosen": "it goes on ~ :1: every line must be one JSON object: the text that begins at column 27, `"it goes on`, has no quotation mark that ends it on this line
        {"prompt": "p", "chosen": "it goes on}| ~ :1: every line must be one JSON object: the text that begins at column 27, `"it goes on}`, has no quotation mark that ends it on this line
        {"prompt": "p", "chosen": "C:\\new\\q"}| ~ :1: every line must be one JSON object: the text that begins at column 27 holds \\q, which JSON does not know; a backslash that is meant is written twice
        {"prompt": "p", "chosen": "a\tb"}| ~ :1: every line must be one JSON object: the text that begins at column 27 holds a bare tab, which JSON writes as \\t
        {"prompt": "p", "chosen": "a\u0001b"}| ~ :1: every line must be one JSON object: the text that begins at column 27 holds a bare control character, which JSON writes as \\u0001
        """)
    void otherFilesAreNamedForWhatTheyAre(String text, String message) throws IOException {
        Path file = write("x", text.replace('|', '\n').getBytes(StandardCharsets.ISO_8859_1));
        assertFails(file, message);
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> count(file))
                .extracting(Throwable::getMessage)
                .asString()
                .doesNotContain("com.", "tools.jackson", "JsonToken")
                .matches("\\P{Cntrl}*");
    }

    @Test
    void zstdAndUtf16() throws IOException {
        assertFails(
                write("a", new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 1, 2, 3}), ": is compressed with zstd");
        assertFails(write("b", ("\ufeff" + ROW).getBytes(StandardCharsets.UTF_16LE)), ": is text in UTF-16");
    }

    @Test
    void depthAndLengthHaveLimits() throws IOException {
        String deep = "[".repeat(100_000) + "]".repeat(100_000);
        assertFails(
                write("deep.jsonl", ROW + "{\"x\": " + deep + "}"),
                ":2: every line must be one JSON object: its lists or objects are nested deeper than 500");
        assertFails(
                write("deep.json", "[" + ROW + ", " + deep + "]"),
                ":2: the list cannot be read any further: its lists or objects are nested deeper than 500");
        assertFails(
                write("long.gz", gzip(ROW + "{\"x\": \"" + "a".repeat(34 << 20))),
                ":2: a line must have at most 32 MiB but goes on");
    }
}
