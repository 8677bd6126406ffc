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
import org.betatron.data.row.LabelledAnswer;
import org.betatron.data.row.Message;
import org.betatron.data.row.Prompt;
import org.betatron.data.row.RowPlace;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnswerFormatTest {

    private static final Prompt TEXT = new Prompt.Text("p");
    private static final Prompt QUESTION = new Prompt.Dialogue(List.of(Message.user("q")));

    @TempDir
    Path directory;

    private Path file(String text) throws IOException {
        return Files.writeString(directory.resolve("x.jsonl"), text);
    }

    private static List<ReadRow<LabelledAnswer>> read(Path file) {
        List<ReadRow<LabelledAnswer>> rows = new ArrayList<>();
        try (RowReader<LabelledAnswer> reader = AnswerFormat.AUTO.open(file)) {
            reader.forEachRemaining(rows::add);
        }
        return rows;
    }

    private LabelledAnswer only(String text) throws IOException {
        return ((ReadRow.Kept<LabelledAnswer>) read(file(text)).getFirst()).row();
    }

    private void assertFails(String text, String message) throws IOException {
        Path file = file(text);
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> read(file))
                .withMessage(file + message);
    }

    @Test
    void everyLayout() throws IOException {
        assertThat(only("{\"prompt\": \"p\", \"completion\": \" c\", \"label\": true}"))
                .isEqualTo(new LabelledAnswer("x.jsonl:1", TEXT, " c", true));
        assertThat(only("{\"id\": \"i\", \"prompt\": \"p\", \"response\": \"c\", \"label\": false}"))
                .isEqualTo(new LabelledAnswer("i", TEXT, "c", false));
        assertThat(only("{\"prompt\": [{\"role\": \"user\", \"content\": \"q\"}], \"completion\": [{\"role\":"
                        + " \"assistant\", \"content\": \"a\"}], \"label\": true}"))
                .isEqualTo(new LabelledAnswer("x.jsonl:1", QUESTION, "a", true));
        assertThat(only("{\"messages\": [{\"role\": \"user\", \"content\": \"q\"}, {\"role\": \"assistant\","
                        + " \"content\": \"a\"}], \"label\": false}"))
                .isEqualTo(new LabelledAnswer("x.jsonl:1", QUESTION, "a", false));
        assertThat(only("{\"instruction\": \"q\", \"output\": \"a\", \"rating\": 1}"))
                .isEqualTo(new LabelledAnswer("x.jsonl:1", QUESTION, "a", true));
    }

    @ParameterizedTest
    @CsvSource({"true, true", "false, false", "1, true", "0, false"})
    void labelsAreTruthValuesOrZeroAndOne(String label, boolean desirable) throws IOException {
        for (String field : List.of("label", "rating", "kto_tag")) {
            assertThat(only("{\"prompt\": \"p\", \"completion\": \"c\", \"" + field + "\": " + label + "}")
                            .desirable())
                    .isEqualTo(desirable);
        }
    }

    @Test
    void labelsThatAreNoneAreRefused() throws IOException {
        String row = "{\"prompt\": \"p\", \"completion\": \"c\"";
        String good = row + ", \"label\": 1}\n";
        assertFails(good + row + ", \"label\": 5}", ":2: \"label\" must be true, false, 1 or 0 but was 5");
        assertFails(good + row + ", \"label\": 0.5}", ":2: \"label\" must be true, false, 1 or 0 but was 0.5");
        assertFails(good + row + ", \"rating\": \"1\"}", ":2: \"rating\" must be true, false, 1 or 0 but was a string");
        assertFails(good + row + "}", ":2: an unpaired row must have a \"label\" (or \"rating\"): true, false, 1 or 0");
        assertFails(
                "{\"text\": \"t\", \"label\": true}",
                ":1: an unpaired row must have \"prompt\" and \"completion\", \"instruction\" and \"output\", or"
                        + " \"messages\", beside its \"label\", but had the fields [text, label]");
    }

    @Test
    void aPairBecomesTwoRows() throws IOException {
        Path file = file("""
                {"id": "a", "prompt": "p", "chosen": "x", "rejected": "y"}
                {"id": "b", "prompt": "p", "chosen": "x", "rejected": " "}
                {"id": "c", "prompt": "p", "chosen": "x", "rejected": "x "}
                """);
        RowPlace second = new RowPlace(file.toString(), 2);
        RowPlace third = new RowPlace(file.toString(), 3);
        assertThat(read(file))
                .containsExactly(
                        new ReadRow.Kept<>(
                                new RowPlace(file.toString(), 1), new LabelledAnswer("a/chosen", TEXT, "x", true)),
                        new ReadRow.Kept<>(
                                new RowPlace(file.toString(), 1), new LabelledAnswer("a/rejected", TEXT, "y", false)),
                        new ReadRow.Kept<>(second, new LabelledAnswer("b/chosen", TEXT, "x", true)),
                        new ReadRow.Dropped<>(new DroppedRow("b/rejected", second, DropReason.EMPTY_ANSWER)),
                        new ReadRow.Dropped<>(new DroppedRow("c/chosen", third, DropReason.IDENTICAL_ANSWERS)),
                        new ReadRow.Dropped<>(new DroppedRow("c/rejected", third, DropReason.IDENTICAL_ANSWERS)));
    }

    @Test
    void aRealFile() {
        List<ReadRow<LabelledAnswer>> rows = read(SharedData.require("formats/kto_en_demo.json"));
        assertThat(rows).hasSize(300);
        assertThat(rows)
                .filteredOn(row ->
                        row instanceof ReadRow.Kept<LabelledAnswer>(RowPlace _, LabelledAnswer answer, Leftover _)
                                && answer.desirable())
                .hasSize(150);
    }
}
