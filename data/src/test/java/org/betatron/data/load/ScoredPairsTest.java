package org.betatron.data.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.betatron.data.DataException;
import org.betatron.data.layout.PreferenceFormat;
import org.betatron.data.layout.RowRules;
import org.betatron.data.row.PairScores;
import org.betatron.data.row.PromptStyle;
import org.betatron.data.row.TokenizedPair;
import org.betatron.data.row.Truncation;
import org.betatron.data.source.FieldMap;
import org.betatron.data.template.ChatTemplate;
import org.betatron.data.tokenizer.HuggingFaceTokenizer;
import org.betatron.data.tokenizer.TestTokenizers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScoredPairsTest {

    @TempDir
    Path directory;

    private DataSetLoader loader(HuggingFaceTokenizer tokenizer) {
        return new DataSetLoader(
                tokenizer, ChatTemplate.humanAssistant(), PromptStyle.AS_WRITTEN, Truncation.to(10_000, 9_000));
    }

    /// Scores are 1, 2, ... and their negatives.
    private List<String> scored(List<Path> files) {
        try (HuggingFaceTokenizer tokenizer = TestTokenizers.bytes(directory)) {
            return scored(files, loader(tokenizer).pairs(files, PreferenceFormat.AUTO));
        }
    }

    private static List<String> scored(List<Path> files, TokenizedDataSet<TokenizedPair> data) {
        try (ScoredPairs rows = new ScoredPairs(files, data.dropped())) {
            List<String> lines = new ArrayList<>();
            for (TokenizedPair pair : data.rows()) {
                int number = lines.size() + 1;
                lines.add(rows.line(pair, new PairScores(number, -number)));
            }
            return lines;
        }
    }

    @Test
    void rowsOfAnyLayoutKeepWhatTheyHaveAndLoseNothingButTheirOldScores() throws IOException {
        String dialogue = """
                {"chosen":"\\n\\nHuman: a\\n\\nAssistant: b","rejected":"\\n\\nHuman: a\\n\\nAssistant: c"}
                """.strip();
        Path dialogues = Files.write(
                directory.resolve("dialogues.jsonl"), List.of(dialogue, dialogue.replace("t: c", "t: b"), ""));
        Path pairs = Files.writeString(
                directory.resolve("pairs.jsonl"),
                "{\"id\":\"x\",\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\",\"chosen_score\":9,\"flipped\":true}");
        Path list = Files.writeString(directory.resolve("list.json"), """
                [{"id": "x", "prompt": "p", "chosen": "c", "rejected": "c"}, {"id": 7, "prompt": "p", "chosen": "d",
                  "rejected": "e", "metadata": {"score_chosen": 5}}]
                """);
        assertThat(scored(List.of(dialogues, pairs, list)))
                .containsExactly(
                        dialogue.replace("{\"chosen", "{\"id\":\"dialogues.jsonl:1\",\"chosen")
                                .replace("}", ",\"chosen_score\":1.0,\"rejected_score\":-1.0}"),
                        "{\"id\":\"x\",\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\",\"chosen_score\":2.0,"
                                + "\"flipped\":true,\"rejected_score\":-2.0}",
                        "{\"id\":\"7\",\"prompt\":\"p\",\"chosen\":\"d\",\"rejected\":\"e\",\"metadata\":"
                                + "{\"score_chosen\":5},\"chosen_score\":3.0,\"rejected_score\":-3.0}");
    }

    @Test
    void whatIsWrittenIsReadWithTheseScores() throws IOException {
        Path file = Files.writeString(directory.resolve("pairs.jsonl"), """
                {"id": "x", "prompt": "p", "chosen": "a", "rejected": "b"}
                {"id": "x", "prompt": "p", "chosen": "b", "rejected": "b"}
                {"id": "x", "prompt": "p", "chosen": "c", "rejected": "d"}
                """);
        Path scored = Files.write(directory.resolve("scored.jsonl"), scored(List.of(file)));
        try (HuggingFaceTokenizer tokenizer = TestTokenizers.bytes(directory)) {
            List<TokenizedPair> pairs = loader(tokenizer)
                    .pairs(List.of(scored), PreferenceFormat.AUTO)
                    .rows();
            assertThat(pairs).extracting(TokenizedPair::id).containsExactly("x", "x#2");
            assertThat(pairs)
                    .extracting(TokenizedPair::scores)
                    .containsExactly(new PairScores(1, -1), new PairScores(2, -2));
        }
    }

    @Test
    void rowsThatWereLeftOutAsUnreadableArePassedOver() throws IOException {
        String row = "{\"id\":\"%s\",\"prompt\":\"p\",\"chosen\":\"a\",\"rejected\":\"b\"}\n";
        String broken = "{\"prompt\":\n";
        String wrong = "{\"prompt\":\"p\",\"chosen\":3,\"rejected\":\"b\"}\n";
        Path first = Files.writeString(
                directory.resolve("first.jsonl"),
                broken + row.formatted("x") + wrong + broken + row.formatted("y") + broken);
        Path second = Files.writeString(directory.resolve("second.jsonl"), row.formatted("z") + wrong + broken);
        List<Path> files = List.of(first, second);
        try (HuggingFaceTokenizer tokenizer = TestTokenizers.bytes(directory)) {
            DataSetLoader dropping =
                    loader(tokenizer).by(new RowRules(FieldMap.NONE, RowRules.OnBadRow.DROP, Set.of(), Set.of()));
            TokenizedDataSet<TokenizedPair> data = dropping.pairs(files, PreferenceFormat.AUTO);
            assertThat(data.report().numDropped()).isEqualTo(6);
            assertThat(scored(files, data))
                    .hasSize(3)
                    .satisfiesExactly(
                            line -> assertThat(line).startsWith("{\"id\":\"x\""),
                            line -> assertThat(line).startsWith("{\"id\":\"y\""),
                            line -> assertThat(line).startsWith("{\"id\":\"z\""));
        }
    }

    @Test
    void rowsThatCannotBeToldApartAreRefused() throws IOException {
        Path file = Files.writeString(
                directory.resolve("list.json"),
                "[{\"prompt\": \"p\", \"chosen\": \"a\", \"rejected\": \"a\"},"
                        + " {\"prompt\": \"p\", \"chosen\": \"a\", \"rejected\": \"b\"}]");
        assertThatThrownBy(() -> scored(List.of(file)))
                .isInstanceOf(DataException.class)
                .hasMessage(file + ":1: rows on one line must have ids that differ, to be told apart; give them an"
                        + " \"id\" or a line each");
    }

    @Test
    void fileThatChangesMeanwhileIsRefused() throws IOException {
        String row = "{\"prompt\": \"p\", \"chosen\": \"a\", \"rejected\": \"b\"}\n";
        List<Path> files = List.of(Files.writeString(directory.resolve("pairs.jsonl"), row.repeat(2)));
        try (HuggingFaceTokenizer tokenizer = TestTokenizers.bytes(directory)) {
            TokenizedDataSet<TokenizedPair> data = loader(tokenizer).pairs(files, PreferenceFormat.AUTO);
            Files.writeString(files.getFirst(), row);
            assertThatThrownBy(() -> scored(files, data))
                    .hasMessage(files.getFirst() + ":2: the file must not change while its rows are scored");
            Files.writeString(files.getFirst(), "\n" + row.repeat(2));
            assertThatThrownBy(() -> scored(files, data))
                    .hasMessage(files.getFirst() + ":2: the file must not change while its rows are scored");
        }
    }
}
