package org.betatron.data.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.betatron.data.DataException;
import org.betatron.data.SharedData;
import org.betatron.data.layout.AnswerFormat;
import org.betatron.data.layout.Leftover;
import org.betatron.data.layout.PreferenceFormat;
import org.betatron.data.layout.ReadRow;
import org.betatron.data.layout.RowFormat;
import org.betatron.data.layout.RowReader;
import org.betatron.data.layout.TextFormat;
import org.betatron.data.row.DropReason;
import org.betatron.data.row.PromptStyle;
import org.betatron.data.row.RowPlace;
import org.betatron.data.row.SourceRow;
import org.betatron.data.row.TokenizedPair;
import org.betatron.data.row.TokenizedRow;
import org.betatron.data.row.Truncation;
import org.betatron.data.store.StoredRowsTest;
import org.betatron.data.template.ChatTemplate;
import org.betatron.data.tokenizer.ByteTokenizer;
import org.betatron.data.tokenizer.HuggingFaceTokenizer;
import org.betatron.data.tokenizer.TestTokenizers;
import org.betatron.data.tokenizer.TextTokens;
import org.betatron.data.tokenizer.Tokenizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Reading with several threads into files against the plainest way: one row after the other, on the heap.
class ReadingTest {

    private static final Truncation TRUNCATION = Truncation.to(512, 256);

    @TempDir
    Path directory;

    private static DataSetLoader loader(Tokenizer tokenizer, int threads) {
        return new DataSetLoader(
                tokenizer, ChatTemplate.humanAssistant(), PromptStyle.AS_WRITTEN, TRUNCATION, new OrderedWork(threads));
    }

    private static <T extends SourceRow<R>, R extends TokenizedRow> List<String> onTheHeap(
            Tokenizer tokenizer, Path file, RowFormat<T> format) {
        RowTokenizer rowTokenizer = new RowTokenizer(new TextTokens(tokenizer), TRUNCATION);
        List<String> rows = new ArrayList<>();
        try (RowReader<T> reader = format.open(file)) {
            while (reader.hasNext()) {
                if (reader.next() instanceof ReadRow.Kept<T>(RowPlace place, T row, Leftover left)) {
                    RenderedRow texts = RenderedRow.of(
                            row.prompt(), row.answers(), left, ChatTemplate.humanAssistant(), PromptStyle.AS_WRITTEN);
                    FittedRow ids = rowTokenizer.tokenize(List.of(texts)).getFirst();
                    rows.add(StoredRowsTest.parts(row.tokenized(row.id(), place, ids.prompt(), ids.responses())));
                }
            }
        }
        return rows;
    }

    static Stream<String> preferenceFiles() {
        return Stream.of(
                "hh/helpful-online.test.jsonl.gz",
                "ultrafeedback/eval_clean.jsonl",
                "formats/dpo_en_demo.json",
                "formats/instruction-data-with-preference.json");
    }

    /// @return the first 200 lines of a packed file, which are several chunks; another file as it is
    private Path beginning(Path file) throws IOException {
        if (!file.toString().endsWith(".gz")) {
            return file;
        }
        Path beginning = directory.resolve("beginning.jsonl.gz");
        try (BufferedReader in = new BufferedReader(new InputStreamReader(
                        new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8));
                PrintStream out = new PrintStream(
                        new GZIPOutputStream(Files.newOutputStream(beginning)), false, StandardCharsets.UTF_8)) {
            in.lines().limit(200).forEach(out::println);
        }
        return beginning;
    }

    @ParameterizedTest
    @MethodSource("preferenceFiles")
    void realPairsAreTheSameOnTheHeapAndInFiles(String name) throws IOException {
        Path file = beginning(SharedData.require(name));
        try (HuggingFaceTokenizer neox = HuggingFaceTokenizer.load(SharedData.require("tokenizers/neox"))) {
            TokenizedDataSet<TokenizedPair> data = loader(neox, 4).pairs(List.of(file), PreferenceFormat.AUTO);
            List<String> expected = new ArrayList<>(onTheHeap(neox, file, PreferenceFormat.AUTO));
            // The plainest way does not look at tokens, so it keeps what truncation made equal.
            assertThat(expected).hasSize(data.rows().size() + data.report().numDropped(DropReason.IDENTICAL_TOKENS));
            List<String> stored =
                    data.rows().stream().map(StoredRowsTest::parts).toList();
            expected.retainAll(stored);
            assertThat(stored).isEqualTo(expected);
        }
    }

    @Test
    void realAnswersAndTextsAreTheSameOnTheHeapAndInFiles() {
        Path labelled = SharedData.require("formats/kto_en_demo.json");
        Path texts = SharedData.require("formats/alpaca_en_demo.json");
        try (HuggingFaceTokenizer neox = HuggingFaceTokenizer.load(SharedData.require("tokenizers/neox"))) {
            assertThat(loader(neox, 4).answers(List.of(labelled), AnswerFormat.AUTO).rows().stream()
                            .map(StoredRowsTest::parts))
                    .containsExactlyElementsOf(onTheHeap(neox, labelled, AnswerFormat.AUTO));
            assertThat(loader(neox, 4).texts(List.of(texts), TextFormat.AUTO).rows().stream()
                            .map(StoredRowsTest::parts))
                    .containsExactlyElementsOf(onTheHeap(neox, texts, TextFormat.AUTO));
        }
    }

    /// A few rows per chunk, repeated prompts and ids, and every kind of drop.
    private Path mixed(int rows) throws IOException {
        Path file = directory.resolve("mixed.jsonl");
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (int i = 0; i < rows; i++) {
                String answer = i % 7 == 0 ? "" : i % 11 == 0 ? " same" : " a" + i + " x".repeat(i % 700);
                String other = i % 11 == 0 ? " same" : " b" + i;
                out.write("{\"id\": \"%d\", \"prompt\": \"p%d\", \"chosen\": \"%s\", \"rejected\": \"%s\"}\n\n"
                        .formatted(i / 2, i / 5, answer, other));
            }
        }
        return file;
    }

    @Test
    void theNumberOfThreadsChangesNothing() throws IOException {
        Path file = mixed(3000);
        try (HuggingFaceTokenizer tokenizer = TestTokenizers.bytes(directory)) {
            TokenizedDataSet<TokenizedPair> one = loader(tokenizer, 1).pairs(List.of(file), PreferenceFormat.AUTO);
            TokenizedDataSet<TokenizedPair> four = loader(tokenizer, 4).pairs(List.of(file), PreferenceFormat.AUTO);
            assertThat(four.report()).isEqualTo(one.report());
            assertThat(four.dropped()).hasSizeGreaterThan(600).isEqualTo(one.dropped());
            assertThat(four.rows().stream().map(StoredRowsTest::parts))
                    .hasSizeGreaterThan(2000)
                    .containsExactlyElementsOf(
                            one.rows().stream().map(StoredRowsTest::parts).toList());
            assertThat(one.report().numRenamed()).isGreaterThan(800);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void rowsThatFailInTheMiddleAreNamedInOrder(int threads) throws IOException {
        List<String> lines = Files.readAllLines(mixed(3000));
        // Blank lines in between: row 1001 stands on line 2001. All are named, in order.
        lines.set(2000, "{\"prompt\": \"p\", \"chosen\": \"a\"}");
        lines.set(2002, "no JSON");
        Path file = Files.write(directory.resolve("broken.jsonl"), lines);
        try (HuggingFaceTokenizer tokenizer = TestTokenizers.bytes(directory)) {
            assertThatExceptionOfType(DataException.class)
                    .isThrownBy(() -> loader(tokenizer, threads).pairs(List.of(file), PreferenceFormat.AUTO))
                    .satisfies(refused -> assertThat(refused.details())
                            .containsExactly(
                                    file + ":2001: \"rejected\" must be a string but was missing",
                                    file + ":2003: every line must be one JSON object: not valid JSON at column 1, at"
                                            + " `no JSON`"));
        }
    }

    /// A heap of 14 MiB, of which the libraries need 5: 50,000 of these rows as objects need 11 more.
    @Test
    void theHeapDoesNotGrowWithTheRows() throws IOException, InterruptedException {
        Path file = directory.resolve("short.jsonl");
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (int i = 0; i < 100_000; i++) {
                out.write("{\"prompt\": \"p%06d\", \"chosen\": \"a\", \"rejected\": \"%s\"}\n"
                        .formatted(i, i % 2 == 0 ? "a" : "b"));
            }
        }
        ByteTokenizer.writeTo(directory);
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + SmallHeap.MIB + "m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1", // it lives for some seconds
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        SmallHeap.class.getName(),
                        directory.toString(),
                        file.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        // All but the held-out one have a prompt of 7 bytes, two answers of one, two ends.
        assertThat(output).contains("50000 rows, 50000 dropped, " + 49_999 * 11 + " tokens");
    }
}
