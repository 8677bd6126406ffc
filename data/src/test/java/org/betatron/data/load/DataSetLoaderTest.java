package org.betatron.data.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.betatron.data.tokenizer.TestTokenizers.ended;
import static org.betatron.data.tokenizer.TestTokenizers.ids;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.betatron.data.DataException;
import org.betatron.data.SharedData;
import org.betatron.data.layout.AnswerFormat;
import org.betatron.data.layout.PreferenceFormat;
import org.betatron.data.layout.TextFormat;
import org.betatron.data.row.DropReason;
import org.betatron.data.row.DroppedRow;
import org.betatron.data.row.PairScores;
import org.betatron.data.row.PromptStyle;
import org.betatron.data.row.RowPlace;
import org.betatron.data.row.TokenizedAnswer;
import org.betatron.data.row.TokenizedPair;
import org.betatron.data.row.TokenizedText;
import org.betatron.data.row.Truncation;
import org.betatron.data.template.ChatTemplate;
import org.betatron.data.tokenizer.HuggingFaceTokenizer;
import org.betatron.data.tokenizer.TestTokenizers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataSetLoaderTest {

    private static final Truncation LARGE = Truncation.to(10_000, 9_000);

    @TempDir
    Path directory;

    private HuggingFaceTokenizer tokenizer;

    @BeforeEach
    void openTokenizer() {
        tokenizer = TestTokenizers.bytes(directory);
    }

    @AfterEach
    void closeTokenizer() {
        tokenizer.close();
    }

    private DataSetLoader loader(Truncation truncation) {
        return new DataSetLoader(tokenizer, ChatTemplate.humanAssistant(), PromptStyle.AS_WRITTEN, truncation);
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    private TokenizedDataSet<TokenizedPair> pairs(Truncation truncation, String rows) throws IOException {
        return loader(truncation).pairs(List.of(file("x.jsonl", rows)), PreferenceFormat.AUTO);
    }

    private static String pair(String prompt, String chosen, String rejected) {
        return "{\"prompt\": \"%s\", \"chosen\": \"%s\", \"rejected\": \"%s\"}\n".formatted(prompt, chosen, rejected);
    }

    @Test
    void promptAndResponsesAreTokenizedApartAndEndOnce() throws IOException {
        TokenizedPair row =
                pairs(LARGE, pair("p", " a", " b<|endoftext|>\\n")).rows().getFirst();
        assertThat(row.id()).isEqualTo("x.jsonl:1");
        assertThat(row.prompt()).isEqualTo(ids("p"));
        assertThat(row.chosen()).isEqualTo(ended(" a"));
        assertThat(row.rejected()).isEqualTo(ended(" b"));
    }

    @Test
    void anEmptyPromptIsTheEndToken() throws IOException {
        assertThat(pairs(LARGE, pair("", "a", "b")).rows().getFirst().prompt()).containsExactly(256);
    }

    @Test
    void whatIsDroppedAndWhy() throws IOException {
        TokenizedDataSet<TokenizedPair> data = pairs(
                Truncation.to(4, 2),
                pair("p", "a", "a")
                        + pair("p", "", "b")
                        + pair("p", "<|endoftext|>", "b")
                        + pair("pq", "abc", "abd")
                        + pair("p", "a", "b"));
        assertThat(data.rows()).hasSize(1);
        assertThat(data.dropped())
                .extracting(DroppedRow::id, DroppedRow::reason)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("x.jsonl:1", DropReason.IDENTICAL_ANSWERS),
                        org.assertj.core.groups.Tuple.tuple("x.jsonl:2", DropReason.EMPTY_ANSWER),
                        org.assertj.core.groups.Tuple.tuple("x.jsonl:3", DropReason.EMPTY_ANSWER),
                        org.assertj.core.groups.Tuple.tuple("x.jsonl:4", DropReason.IDENTICAL_TOKENS));
        assertThat(data.report().numRead()).isEqualTo(5);
        assertThat(data.report().numDropped(DropReason.EMPTY_ANSWER)).isEqualTo(2);
        Path file = directory.resolve("dropped.jsonl");
        data.writeDropped(file);
        assertThat(Files.readAllLines(file))
                .hasSize(4)
                .first()
                .isEqualTo("{\"id\":\"x.jsonl:1\",\"where\":\"" + directory.resolve("x.jsonl")
                        + ":1\",\"reason\":\"both answers are identical\"}");
    }

    /// An evaluation over two files is not one over the first without a word.
    @Test
    void aFileWithoutUsableRowsIsNamed() throws IOException {
        Path full = Files.writeString(directory.resolve("full.jsonl"), pair("p", "a", "b"));
        Path none = Files.writeString(directory.resolve("none.jsonl"), pair("p", "a", "a"));
        for (List<Path> files : List.of(List.of(full, none), List.of(none, full))) {
            assertThat(loader(LARGE)
                            .pairs(files, PreferenceFormat.AUTO)
                            .report()
                            .summary())
                    .contains(full + " (PAIRS)\n", none + " (PAIRS): none of its rows can be used\n");
        }
    }

    @Test
    void nothingLeft() {
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> pairs(LARGE, pair("p", "a", "a")))
                .withMessage("[" + directory.resolve("x.jsonl")
                        + "]: none of the 1 rows can be used: 1 × both answers are identical");
    }

    @Test
    void repeatedIdsGetASuffix() throws IOException {
        TokenizedDataSet<TokenizedPair> data =
                pairs(LARGE, "{\"id\": \"i\", \"prompt\": \"p\", \"chosen\": \"a\", \"rejected\": \"b\"}\n".repeat(3));
        assertThat(data.rows()).extracting(TokenizedPair::id).containsExactly("i", "i#2", "i#3");
        assertThat(data.report().numRenamed()).isEqualTo(2);
    }

    @Test
    void cutsAreCounted() throws IOException {
        // Prompt 6 and longer response 7 + 1 end exceed 8: the prompt becomes 3, the responses
        // have room for 5, so "1234567" loses 2 and its end, and "12" with its end stays.
        TokenizedDataSet<TokenizedPair> data = pairs(Truncation.to(8, 3), pair("abcdef", "1234567", "12"));
        TokenizedPair row = data.rows().getFirst();
        assertThat(row.prompt()).isEqualTo(ids("def"));
        assertThat(row.chosen()).isEqualTo(ids("12345"));
        assertThat(row.rejected()).isEqualTo(ended("12"));
        assertThat(data.report().numPromptsCut()).isEqualTo(1);
        assertThat(data.report().numResponsesCut()).isEqualTo(1);
        assertThat(data.report().numTokensCut()).isEqualTo(3 + 3);
        assertThat(data.report().text())
                .contains("rows: 1 read, 1 kept, 0 dropped\n")
                .contains("cut: 1 prompts, 1 responses, 6 tokens\n")
                .contains("prompt tokens: min 3, median 3, mean 3.0, 90 % 3, 99 % 3, max 3\n");
    }

    @Test
    void messagesGoThroughTheTemplate() throws IOException {
        ChatTemplate template = ChatTemplate.of(
                "{% for m in messages %}<{{ m.role }}>{{ m.content }}<|endoftext|>\n{% endfor %}"
                        + "{% if add_generation_prompt %}<assistant>{% endif %}",
                Map.of(), "test");
        DataSetLoader loader = new DataSetLoader(tokenizer, template, PromptStyle.CHAT, LARGE);
        Path messages = file(
                "m.jsonl",
                "{\"prompt\": [{\"role\": \"user\", \"content\": \"q\"}], \"chosen\": [{\"role\": \"assistant\","
                        + " \"content\": \"a\"}], \"rejected\": [{\"role\": \"assistant\", \"content\": \"b\"}]}");
        Path hh = file(
                "hh.jsonl",
                "{\"chosen\": \"\\n\\nHuman: q\\n\\nAssistant: a\", \"rejected\": \"\\n\\nHuman: q\\n\\nAssistant: b\"}");
        Path plain = file("plain.jsonl", pair("q", "a", "b"));
        for (TokenizedPair row : loader.pairs(List.of(messages, hh, plain), PreferenceFormat.AUTO)
                .rows()) {
            assertThat(tokenizer.decode(row.prompt())).as(row.id()).isEqualTo("<user>q<|endoftext|>\n<assistant>");
            assertThat(row.chosen()).isEqualTo(ended("a"));
            assertThat(row.rejected()).isEqualTo(ended("b"));
        }
    }

    @Test
    void plainTextIsLearnedOnceInWindows() throws IOException {
        String text = "one line\nand another\n\n  third\n".repeat(5000);
        TokenizedDataSet<TokenizedText> data =
                loader(Truncation.to(100, 50)).texts(List.of(file("t.txt", text)), TextFormat.AUTO);
        StringBuilder learned = new StringBuilder();
        for (TokenizedText row : data.rows()) {
            assertThat(row.prompt()).containsExactly(256);
            assertThat(row.response().length).isLessThanOrEqualTo(99);
            learned.append(tokenizer.decode(row.response()));
        }
        assertThat(learned.toString()).isEqualTo(text + "<|endoftext|>");
        assertThat(data.rows().getFirst().id()).isEqualTo("t.txt[0]");
        assertThat(data.report().numRead()).isEqualTo(data.rows().size());
    }

    @Test
    void textsWithPrompts() throws IOException {
        TokenizedDataSet<TokenizedText> data = loader(LARGE)
                .texts(
                        List.of(
                                file("a.jsonl", "{\"prompt\": \"p\", \"completion\": \" c\"}"),
                                file("b.jsonl", "{\"text\": \"t\"}"),
                                file("c.jsonl", pair("p", "a", "b"))),
                        TextFormat.AUTO);
        assertThat(data.rows()).extracting(TokenizedText::id).containsExactly("a.jsonl:1", "b.jsonl:1", "c.jsonl:1");
        assertThat(data.rows().get(0).response()).isEqualTo(ended(" c"));
        assertThat(data.rows().get(1).prompt()).containsExactly(256);
        assertThat(data.rows().get(2).response()).isEqualTo(ended("a"));
        assertThat(data.report().sources())
                .extracting(DatasetReport.Source::format)
                .containsExactly("COMPLETION", "TEXT", "chosen answers of PAIRS");
    }

    @Test
    void inspectionShowsTokensAndCuts() throws IOException {
        Path file = file("x.jsonl", pair("abcd\\nf", "1234567", "12") + pair("p", "a", "a"));
        List<RowInspection> rows = loader(Truncation.to(8, 3)).inspect(file, PreferenceFormat.AUTO, 10);
        assertThat(rows.get(0).text()).isEqualTo("row x.jsonl:1 (" + file + ":1)\n" + """
                prompt: 3 tokens, given, 3 cut
                   ✂  d   \\n f
                   -3 100 10 102
                chosen: 5 tokens, trained, 3 cut
                   1  2  3  4  5  ✂
                   49 50 51 52 53 -3
                rejected: 3 tokens, trained
                   1  2  <|endoftext|>
                   49 50 256
                """);
        assertThat(rows.get(1).text())
                .isEqualTo("row x.jsonl:2 (" + file + ":2), dropped: both answers are identical\n");
    }

    private static String scored(String chosen, String rejected) {
        return "{\"prompt\": \"p\", \"chosen\": \"a\", \"rejected\": \"b\", \"chosen_score\": " + chosen
                + ", \"rejected_score\": " + rejected + "}\n";
    }

    @Test
    void scoresReachTheTokenizedPairAndTheReport() throws IOException {
        TokenizedDataSet<TokenizedPair> all = pairs(LARGE, scored("2", "0.5") + scored("1", "1") + scored("0", "3"));
        assertThat(all.rows())
                .extracting(TokenizedPair::scores)
                .containsExactly(new PairScores(2, 0.5), new PairScores(1, 1), new PairScores(0, 3));
        assertThat(all.report().scores().allScored()).isTrue();
        assertThat(all.report().scores().gaps()).isEqualTo(new GapDistribution(3, 1, 1, -3, -3, 0, -0.5, 1.5, 1.5));
        assertThat(all.report().text())
                .contains("scores: 3 of 3 pairs\n  gap of scores: min -3.000, 10 % -3.000, median 0.000, mean -0.5000,"
                        + " 90 % 1.500, max 1.500; 1 negative, 1 zero\n");

        TokenizedDataSet<TokenizedPair> some =
                pairs(LARGE, scored("2", "0.5") + pair("p", "a", "b") + scored("0", "3"));
        assertThat(some.report().scores().allScored()).isFalse();
        assertThat(some.report().scores().firstWithout())
                .isEqualTo(new RowPlace(directory.resolve("x.jsonl").toString(), 2));
        assertThat(pairs(LARGE, pair("p", "a", "b")).report().scores().allScored())
                .isFalse();
    }

    @Test
    void aFlippedPairHasEverythingExchanged() throws IOException {
        TokenizedPair pair = pairs(LARGE, scored("2", "0.5")).rows().getFirst();
        TokenizedPair flipped = pair.flipped();
        assertThat(flipped.chosen()).isEqualTo(ended("b"));
        assertThat(flipped.rejected()).isEqualTo(ended("a"));
        assertThat(flipped.scores()).isEqualTo(new PairScores(0.5, 2));
        assertThat(flipped.scoreGap()).hasValue(-1.5);
        assertThat(flipped.flipped()).usingRecursiveComparison().isEqualTo(pair);
    }

    @Test
    void unpairedRows() throws IOException {
        Path labelled = file("a.jsonl", """
                {"prompt": "p", "completion": " good", "label": true}
                {"prompt": "p", "completion": "<|endoftext|>", "label": false}
                {"prompt": "p", "completion": " bad", "label": 0}
                """);
        Path pairs = file("b.jsonl", pair("q", "x", "y"));
        TokenizedDataSet<TokenizedAnswer> data = loader(LARGE).answers(List.of(labelled, pairs), AnswerFormat.AUTO);
        assertThat(data.rows())
                .extracting(TokenizedAnswer::id)
                .containsExactly("a.jsonl:1", "a.jsonl:3", "b.jsonl:1/chosen", "b.jsonl:1/rejected");
        assertThat(data.rows()).extracting(TokenizedAnswer::desirable).containsExactly(true, false, true, false);
        assertThat(data.rows().get(1).response()).isEqualTo(ended(" bad"));
        assertThat(data.rows().get(1).place()).isEqualTo(new RowPlace(labelled.toString(), 3));
        assertThat(data.dropped())
                .containsExactly(
                        new DroppedRow("a.jsonl:2", new RowPlace(labelled.toString(), 2), DropReason.EMPTY_ANSWER));
        assertThat(data.report().numRead()).isEqualTo(5);
        assertThat(data.report().summary())
                .contains("(COMPLETION)", "(both answers of PAIRS)", "labels: 2 desirable, 2 undesirable\n");
        TokenizedAnswer first = data.rows().getFirst();
        assertThat(first.flipped().desirable()).isFalse();
        assertThat(first.flipped().flipped()).usingRecursiveComparison().isEqualTo(first);
        assertThat(loader(LARGE).inspect(labelled, AnswerFormat.AUTO, 10).get(2).text())
                .contains("undesirable answer: 5 tokens, trained\n");
    }

    @Test
    void theFourHhTestFiles() {
        List<Path> files = new ArrayList<>();
        for (String name : List.of("harmless-base", "helpful-base", "helpful-online", "helpful-rejection-sampled")) {
            files.add(SharedData.require("hh/" + name + ".test.jsonl.gz"));
        }
        try (HuggingFaceTokenizer neox = HuggingFaceTokenizer.load(SharedData.require("tokenizers/neox"))) {
            DataSetLoader loader = new DataSetLoader(
                    neox, ChatTemplate.humanAssistant(), PromptStyle.AS_WRITTEN, Truncation.to(512, 256));
            DatasetReport report = loader.pairs(files, PreferenceFormat.AUTO).report();
            assertThat(report.numRead()).isEqualTo(8552);
            assertThat(report.dropped())
                    .isEqualTo(Map.of(
                            DropReason.IDENTICAL_ANSWERS, 36,
                            DropReason.DIALOGUES_DIFFER, 17,
                            DropReason.EMPTY_ANSWER, 11,
                            // Two long answers with a common beginning.
                            DropReason.IDENTICAL_TOKENS, 1));
            assertThat(report.numKept()).isEqualTo(8552 - 36 - 17 - 11 - 1);
            assertThat(report.rowLengths().count()).isEqualTo(report.numKept());
            assertThat(report.promptLengths().max()).isLessThan(512);
        }
    }
}
