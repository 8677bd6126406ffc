package org.betatron.data.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.betatron.data.DataException;
import org.betatron.data.SharedData;
import org.betatron.data.row.DropReason;
import org.betatron.data.row.DroppedRow;
import org.betatron.data.row.Message;
import org.betatron.data.row.PairScores;
import org.betatron.data.row.PreferencePair;
import org.betatron.data.row.Prompt;
import org.betatron.data.row.RowPlace;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreferenceFormatTest {

    @TempDir
    Path directory;

    private Path file(String text) throws IOException {
        return Files.writeString(directory.resolve("x.jsonl"), text);
    }

    private static List<ReadRow<PreferencePair>> read(Path file) {
        List<ReadRow<PreferencePair>> rows = new ArrayList<>();
        try (RowReader<PreferencePair> reader = PreferenceFormat.AUTO.open(file)) {
            reader.forEachRemaining(rows::add);
        }
        return rows;
    }

    private PreferencePair only(String text) throws IOException {
        List<ReadRow<PreferencePair>> rows = read(file(text));
        assertThat(rows).hasSize(1);
        assertThat(rows.getFirst()).isInstanceOf(ReadRow.Kept.class);
        return ((ReadRow.Kept<PreferencePair>) rows.getFirst()).row();
    }

    private void assertDropped(String text, DropReason reason) throws IOException {
        assertThat(read(file(text)))
                .containsExactly(new ReadRow.Dropped<>(
                        new DroppedRow("x.jsonl:1", new RowPlace(file(text).toString(), 1), reason)));
    }

    private void assertFails(String text, String message) throws IOException {
        Path file = file(text);
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> read(file))
                .withMessage(file + message);
    }

    private static Prompt asked(String question) {
        return new Prompt.Dialogue(List.of(Message.user(question)));
    }

    @Test
    void hhPromptEndsAfterTheLastMarker() throws IOException {
        assertThat(only("""
                {"chosen": "\\n\\nHuman: a\\n\\nAssistant: b\\n\\nHuman: c\\n\\nAssistant: good", \
                "rejected": "\\n\\nHuman: a\\n\\nAssistant: b\\n\\nHuman: c\\n\\nAssistant: bad"}
                """))
                .isEqualTo(new PreferencePair(
                        "x.jsonl:1",
                        new Prompt.Text("\n\nHuman: a\n\nAssistant: b\n\nHuman: c\n\nAssistant:"),
                        " good",
                        " bad",
                        null));
    }

    @Test
    void hhRowsThatTeachNothing() throws IOException {
        assertDropped(
                "{\"chosen\": \"\\n\\nHuman: a\\n\\nAssistant: b\", \"rejected\": \"\\n\\nHuman: x\\n\\nAssistant: c\"}",
                DropReason.DIALOGUES_DIFFER);
        // The rejected answer goes on with turns of its own.
        assertDropped(
                "{\"chosen\": \"\\n\\nHuman: a\\n\\nAssistant: b\", \"rejected\":"
                        + " \"\\n\\nHuman: a\\n\\nAssistant: c\\n\\nHuman: d\\n\\nAssistant: e\"}",
                DropReason.DIALOGUES_DIFFER);
        assertDropped(
                "{\"chosen\": \"\\n\\nHuman: a\\n\\nAssistant: b\", \"rejected\": \"\\n\\nHuman: a\\n\\nAssistant: \"}",
                DropReason.EMPTY_ANSWER);
        assertDropped(
                "{\"chosen\": \"\\n\\nHuman: a\\n\\nAssistant: b\", \"rejected\": \"\\n\\nHuman: a\\n\\nAssistant: b \"}",
                DropReason.IDENTICAL_ANSWERS);
    }

    @Test
    void pairsKeepIdsAndScores() throws IOException {
        assertThat(only("{\"id\": 7, \"prompt\": \"p\", \"chosen\": \"a\", \"rejected\": \"b\","
                        + " \"metadata\": {\"score_chosen\": 9, \"score_rejected\": 8.5}}"))
                .isEqualTo(new PreferencePair("7", new Prompt.Text("p"), "a", "b", new PairScores(9.0, 8.5)));
        assertThat(only("{\"prompt\": \"p\", \"chosen\": \"a\", \"rejected\": \"b\", \"chosen_score\": 2}")
                        .scores())
                .isNull();
    }

    @Test
    void messagesWithACommonBeginning() throws IOException {
        PreferencePair expected = new PreferencePair("x.jsonl:1", asked("q"), "a", "b", null);
        assertThat(only("{\"chosen\": [{\"role\": \"user\", \"content\": \"q\"}, {\"role\": \"assistant\", \"content\":"
                        + " \"a\"}], \"rejected\": [{\"role\": \"user\", \"content\": \"q\"}, {\"role\": \"assistant\","
                        + " \"content\": \"b\"}]}"))
                .isEqualTo(expected);
        assertThat(only("{\"prompt\": [{\"role\": \"user\", \"content\": [{\"type\": \"text\", \"text\": \"q\"}]}],"
                        + " \"chosen\": [{\"role\": \"assistant\", \"content\": [{\"type\": \"text\", \"value\": \"a\"}]}],"
                        + " \"rejected\": [{\"role\": \"assistant\", \"content\": \"b\"}]}"))
                .isEqualTo(expected);
        assertThat(only("{\"prompt\": \"q\", \"chosen\": [{\"role\": \"user\", \"content\": \"q\"}, {\"role\":"
                        + " \"assistant\", \"content\": \"a\"}], \"rejected\": [{\"role\": \"user\", \"content\": \"q\"},"
                        + " {\"role\": \"assistant\", \"content\": \"b\"}]}"))
                .isEqualTo(expected);
        assertThat(only("{\"conversations\": [{\"from\": \"human\", \"value\": \"q\"}], \"chosen\": {\"from\": \"gpt\","
                        + " \"value\": \"a\"}, \"rejected\": {\"from\": \"gpt\", \"value\": \"b\"}}"))
                .isEqualTo(expected);
        assertDropped(
                "{\"chosen\": [{\"role\": \"user\", \"content\": \"q\"}, {\"role\": \"assistant\", \"content\": \"a\"}],"
                        + " \"rejected\": [{\"role\": \"user\", \"content\": \"r\"}, {\"role\": \"assistant\", \"content\":"
                        + " \"b\"}]}",
                DropReason.DIALOGUES_DIFFER);
    }

    /// As Nemotron's data and the requests of OpenAI's Responses have it.
    @Test
    void messagesInPlaceOfAnInstructionAndPartsOfTextByOtherNames() throws IOException {
        assertThat(only(
                        "{\"input\": [{\"role\": \"user\", \"content\": [{\"type\": \"input_text\", \"text\": \"q\"}]}],"
                                + " \"chosen\": \"a\", \"rejected\": \"b\"}"))
                .isEqualTo(new PreferencePair("x.jsonl:1", asked("q"), "a", "b", null));
        assertThat(
                        only(
                                "{\"prompt\": [{\"role\": \"user\", \"content\": \"q\"}], \"chosen\": [{\"role\": \"assistant\","
                                        + " \"content\": [{\"type\": \"output_text\", \"text\": \"a\"}]}], \"rejected\": \"b\"}"))
                .isEqualTo(new PreferencePair("x.jsonl:1", asked("q"), "a", "b", null));
    }

    @Test
    void instructionWithInput() throws IOException {
        assertThat(only("{\"instruction\": \"do\", \"input\": \"this\", \"output\": \"x\", \"chosen\": \"a\","
                        + " \"rejected\": \"b\"}"))
                .isEqualTo(new PreferencePair("x.jsonl:1", asked("do\nthis"), "a", "b", null));
    }

    @Test
    void errorsSayWhereAndWhatIsRequired() throws IOException {
        String good = "{\"prompt\": \"p\", \"chosen\": \"a\", \"rejected\": \"b\"}\n";
        assertFails(
                good + "{\"prompt\": \"p\", \"chosen\": 3, \"rejected\": \"b\"}",
                ":2: \"chosen\" must be a string but was a number");
        assertFails(
                good + "{\"prompt\": \"p\", \"chosen\": \"a\"}", ":2: \"rejected\" must be a string but was missing");
        // Its role is no text, but what has to be said is that the row is of another kind than those before it.
        assertFails(
                good
                        + "{\"chosen\": [{\"role\": 1, \"content\": \"q\"}, {\"role\": \"assistant\", \"content\": \"a\"}],"
                        + " \"rejected\": [{\"role\": 1, \"content\": \"q\"}, {\"role\": \"assistant\", \"content\": \"b\"}]}",
                ":2: the row is laid out as MESSAGES, but its file is read as PAIRS, like its first row: put rows of"
                        + " another layout into a file of their own");
        assertFails(
                "{\"prompt\": \"p\", \"chosen\": \"\\ud83d\", \"rejected\": \"b\"}",
                ":1: \"chosen\" contains half of a surrogate pair (\\ud83d), which is no character");
        assertFails(
                "{\"question\": \"p\"}",
                ":1: a preference row must have \"prompt\", \"chosen\" and \"rejected\", or dialogues in \"chosen\" and"
                        + " \"rejected\", but had the fields [question]; where fields have other names, a recipe says which"
                        + " they are: data.fields: {prompt: question, chosen: NAME, rejected: NAME}");
        assertFails(
                "{\"chosen\": [{\"role\": \"user\", \"content\": \"q\"}], \"rejected\": []}",
                ":1: \"chosen\" must end with a message of the assistant but ended with role \"user\"");
        assertFails(
                "{\"chosen\": [{\"role\": \"user\", \"content\": [{\"type\": \"image\"}]}], \"rejected\": []}",
                ":1: \"chosen[0]\" has content of type \"image\"; only text is supported");
        assertFails(
                "{\"chosen\": \"\\n\\nHuman: a\\n\\nAssistant: b\", \"rejected\": \"c\"}",
                ":1: \"rejected\" must contain \"\\n\\nAssistant:\" before the answer");
    }

    /// Ids that are no ids, scores that are no numbers, keys that occur twice and numbers out of
    /// range.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"id\": {}",
                "\"id\": [1]",
                "\"id\": \"\\ud83d\"",
                "\"metadata\": {\"score_chosen\": \"none\", \"score_rejected\": \"-\"}",
                "\"chosen_score\": 2, \"rejected_score\": 1e999",
                "\"chosen_score\": 1e308, \"rejected_score\": -1e308",
                "\"margin\": NaN",
                "\"margin\": -Infinity",
                "\"meta\": {\"k\": 1, \"k\": 2}",
                "\"meta\": 1, \"meta\": 2",
                "\"big\": 1e99999999999, \"long\": 123456789012345678901234567890123456789012345678901234567890"
                        + "123456789012345678901234567890123456789012345678901234567890"
            })
    void fieldsThatAreNotNeededNeverEndARun(String field) throws IOException {
        assertThat(only("{\"prompt\": \"p\", \"chosen\": \"a\", \"rejected\": \"b\", " + field + "}"))
                .isEqualTo(new PreferencePair("x.jsonl:1", new Prompt.Text("p"), "a", "b", null));
    }

    @Test
    void numbersMayBeTextsAndIdsNumbers() throws IOException {
        assertThat(only("{\"id\": 1.0, \"prompt\": \"p\", \"chosen\": \"a\", \"rejected\": \"b\","
                        + " \"score_chosen\": \"8.5\", \"score_rejected\": \"3\"}"))
                .isEqualTo(new PreferencePair("1.0", new Prompt.Text("p"), "a", "b", new PairScores(8.5, 3)));
    }

    @Test
    void realFilesOfManyLayouts() {
        assertThat(kept("formats/dpo_en_demo.json")).isEqualTo(300);
        assertThat(kept("formats/v1_dpo_demo.jsonl")).isEqualTo(10);
        // Of 1,200 rows, 4 have an empty answer (two of them in both) and 3 others identical
        // answers.
        assertThat(kept("ultrafeedback/train_clean.jsonl") + kept("ultrafeedback/eval_clean.jsonl"))
                .isEqualTo(1193);
        assertThat(read(SharedData.require("formats/instruction-data-with-preference.json")))
                .hasSize(1100);
    }

    private static long kept(String relative) {
        return read(SharedData.require(relative)).stream()
                .filter(row -> row instanceof ReadRow.Kept)
                .count();
    }
}
