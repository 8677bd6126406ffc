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
import org.betatron.data.row.Prompt;
import org.betatron.data.row.TrainingText;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextFormatTest {

    @TempDir
    Path directory;

    private static List<ReadRow<TrainingText>> read(Path file) {
        List<ReadRow<TrainingText>> rows = new ArrayList<>();
        try (RowReader<TrainingText> reader = TextFormat.AUTO.open(file)) {
            reader.forEachRemaining(rows::add);
        }
        return rows;
    }

    private TrainingText only(String text) throws IOException {
        ReadRow<TrainingText> row =
                read(Files.writeString(directory.resolve("x.jsonl"), text)).getFirst();
        return ((ReadRow.Kept<TrainingText>) row).row();
    }

    private static final Prompt QUESTION = new Prompt.Dialogue(List.of(Message.user("q")));

    @Test
    void everyLayout() throws IOException {
        assertThat(only("{\"text\": \"t\"}")).isEqualTo(new TrainingText("x.jsonl:1", new Prompt.Text(""), "t"));
        assertThat(only("{\"id\": \"i\", \"prompt\": \"p\", \"completion\": \"c\"}"))
                .isEqualTo(new TrainingText("i", new Prompt.Text("p"), "c"));
        assertThat(only("{\"prompt\": \"p\", \"response\": \"c\"}"))
                .isEqualTo(new TrainingText("x.jsonl:1", new Prompt.Text("p"), "c"));
        assertThat(only("{\"instruction\": \"q\", \"input\": \"\", \"output\": \"a\"}"))
                .isEqualTo(new TrainingText("x.jsonl:1", QUESTION, "a"));
        assertThat(only(
                        "{\"messages\": [{\"role\": \"user\", \"content\": \"q\"}, {\"role\": \"assistant\", \"content\":"
                                + " \"a\"}]}"))
                .isEqualTo(new TrainingText("x.jsonl:1", QUESTION, "a"));
    }

    @Test
    void preferencesTeachTheChosenAnswerEvenIfBothAreIdentical() throws IOException {
        assertThat(only("{\"prompt\": \"p\", \"chosen\": \"a\", \"rejected\": \"a\"}"))
                .isEqualTo(new TrainingText("x.jsonl:1", new Prompt.Text("p"), "a"));
    }

    @Test
    void undesiredExamplesAreNotImitated() {
        // 300 rows of which 150 are labelled false.
        List<ReadRow<TrainingText>> rows = read(SharedData.require("formats/kto_en_demo.json"));
        assertThat(rows).hasSize(300);
        assertThat(rows.stream()
                        .filter(row -> row instanceof ReadRow.Dropped<TrainingText>(DroppedRow dropped)
                                && dropped.reason() == DropReason.UNDESIRED))
                .hasSize(150);
    }

    @Test
    void unknownLayout() throws IOException {
        Path file = Files.writeString(directory.resolve("x.jsonl"), "{\"body\": 1}");
        assertThatExceptionOfType(DataException.class)
                .isThrownBy(() -> read(file))
                .withMessage(file + ":1: a text row must have \"text\", \"prompt\" and \"completion\", \"instruction\""
                        + " and \"output\", or \"messages\", but had the fields [body]; where fields have other names, a recipe"
                        + " says which they are: data.fields: {prompt: NAME, completion: NAME}");
    }
}
