package org.betatron.data.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.betatron.data.DataException;
import org.betatron.data.layout.PreferenceFormat;
import org.betatron.data.layout.RowRules;
import org.betatron.data.layout.RowRules.OnBadRow;
import org.betatron.data.row.PromptStyle;
import org.betatron.data.row.TokenizedPair;
import org.betatron.data.row.Truncation;
import org.betatron.data.source.FieldMap;
import org.betatron.data.template.ChatTemplate;
import org.betatron.data.tokenizer.HuggingFaceTokenizer;
import org.betatron.data.tokenizer.TestTokenizers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BadRowsTest {

    private static final String GOOD = "{\"prompt\": \"p\", \"chosen\": \"a\", \"rejected\": \"b\"}\n";

    /// Broken JSON, an answer that is null, half a character, a dialogue that ends with the user, a role that no
    /// template knows.
    private static final String BAD = """
            {"prompt": "p", "chosen": "a",
            {"id": "second", "prompt": "p", "chosen": null, "rejected": "b"}
            {"prompt": "p", "chosen": "\\ud83d", "rejected": "b"}
            {"prompt": "p", "chosen": null, "rejected": "b"}
            """;

    private static HuggingFaceTokenizer tokenizer;

    @TempDir
    Path directory;

    @BeforeAll
    static void open(@TempDir Path files) throws IOException {
        tokenizer = TestTokenizers.bytes(files);
    }

    @AfterAll
    static void close() {
        tokenizer.close();
    }

    private static DataSetLoader loader(OnBadRow onBadRow) {
        return new DataSetLoader(
                        tokenizer, ChatTemplate.humanAssistant(), PromptStyle.AS_WRITTEN, Truncation.to(100, 50))
                .by(new RowRules(FieldMap.NONE, onBadRow, Set.of(), Set.of()));
    }

    private Path file(String text) throws IOException {
        return Files.writeString(directory.resolve("x.jsonl"), text);
    }

    @Test
    void allAreNamedTogether() throws IOException {
        Path file = file(GOOD + BAD + GOOD);
        DataException refused = catchThrowableOfType(
                DataException.class, () -> loader(OnBadRow.REFUSE).pairs(List.of(file), PreferenceFormat.AUTO));
        assertThat(refused)
                .hasMessage("4 rows cannot be used (data.onBadRow=drop, or --on-bad-row drop where a command takes it,"
                        + " leaves such rows out and counts them):");
        assertThat(refused.details())
                .containsExactly(
                        file
                                + ":2: every line must be one JSON object: it ends in the middle of a value; a row must not"
                                + " go on in the next line (jq -c . FILE writes each on one)",
                        file + ":3: \"chosen\" must be a string but was null",
                        file + ":4: \"chosen\" contains half of a surrogate pair (\\ud83d), which is no character",
                        file + ":5: \"chosen\" must be a string but was null");
    }

    @Test
    void theyAreLeftOutAndCountedOnRequest() throws IOException {
        // The first row does not say the layout.
        Path file = file(BAD + GOOD);
        TokenizedDataSet<TokenizedPair> data = loader(OnBadRow.DROP).pairs(List.of(file), PreferenceFormat.AUTO);
        assertThat(data.rows()).hasSize(1);
        assertThat(data.report().numRead()).isEqualTo(5);
        assertThat(data.report().unreadable()).hasSize(3).containsEntry("\"chosen\" must be a string but was null", 2);
        assertThat(data.report().summary())
                .contains("  dropped 4: cannot be read\n", "    2: \"chosen\" must be a string but was null\n");
        Path dropped = directory.resolve("dropped.jsonl");
        data.writeDropped(dropped);
        assertThat(Files.readAllLines(dropped))
                .hasSize(4)
                .contains("{\"id\":\"second\",\"where\":\"" + file
                        + ":2\",\"reason\":\"cannot be read: \\\"chosen\\\" must be a string but was null\"}");
    }

    @Test
    void whatATemplateRefusesIsABadRowToo() throws IOException {
        String dialogue =
                "{\"prompt\": [{\"role\": \"user\", \"content\": \"Hi there\"}, {\"role\": \"%s\", \"content\":"
                        + " \"Hello.\"}], \"chosen\": \"a\", \"rejected\": \"b\"}\n";
        Path file = file(dialogue.formatted("assistant") + dialogue.formatted("tool") + dialogue.formatted("narrator"));
        TokenizedDataSet<TokenizedPair> data = loader(OnBadRow.DROP).pairs(List.of(file), PreferenceFormat.AUTO);
        assertThat(data.rows()).hasSize(1);
        assertThat(data.report().unreadable()).hasSize(2);
        assertThat(loader(OnBadRow.DROP)
                        .inspect(file, PreferenceFormat.AUTO, 9)
                        .get(1)
                        .text())
                .startsWith("row x.jsonl:2 (" + file + ":2), dropped: cannot be read: role must be system, user or");
    }

    @Test
    void onlySomeAreShown() throws IOException {
        Path file = file(GOOD + "{}\n".repeat(300));
        DataException refused = catchThrowableOfType(
                DataException.class, () -> loader(OnBadRow.REFUSE).pairs(List.of(file), PreferenceFormat.AUTO));
        assertThat(refused).hasMessageStartingWith("300 rows cannot be used");
        assertThat(refused.details()).hasSize(21).endsWith("and 280 more");
    }

    @Test
    void rowsInAList() throws IOException {
        Path file = Files.write(
                directory.resolve("x.json"), ("[" + GOOD + ", 3, " + GOOD + "]").getBytes(StandardCharsets.UTF_8));
        assertThat(loader(OnBadRow.DROP)
                        .pairs(List.of(file), PreferenceFormat.AUTO)
                        .report()
                        .unreadable())
                .isEqualTo(Map.of("every row must be a JSON object but was a number", 1));
    }
}
