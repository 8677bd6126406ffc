package org.betatron.data.layout;

import java.util.ArrayList;
import java.util.List;
import org.betatron.data.row.Message;
import org.betatron.data.source.JsonRow;
import org.betatron.data.source.MessageReader;
import tools.jackson.databind.JsonNode;

/// Dialogues whose questions stand in one list, and the answers of each side in another, both as long: as
/// lists of texts, or as JSON text that is one (the arena of LMSYS).
final class SpokenInTurns {

    private SpokenInTurns() {}

    /// @return whether the prompt of a row is such a list
    static boolean isOf(JsonRow row) {
        return isTexts(list(row, row.peek("prompt")));
    }

    /// @param answers field of the answers of one side
    /// @return the whole dialogue
    /// @throws org.betatron.data.DataException if there is not an answer, as text, to each question
    static Turns of(JsonRow row, String answers) {
        JsonNode questions = list(row, row.use("prompt"));
        JsonNode said = list(row, row.use(answers));
        if (!said.isArray() || said.size() != questions.size()) {
            throw row.error("\"" + row.nameOf("prompt") + "\" is a list of " + questions.size() + " texts, so \""
                    + row.nameOf(answers) + "\" must be a list of as many answers but "
                    + (said.isArray() ? "had " + said.size() : "was " + JsonRow.kind(said)));
        }
        List<Message> turns = new ArrayList<>();
        for (int i = 0; i < said.size(); i++) {
            String place = "[" + i + "]\"";
            turns.add(Message.user(row.text(questions.get(i), "\"" + row.nameOf("prompt") + place)));
            turns.add(Message.assistant(row.text(said.get(i), "\"" + row.nameOf(answers) + place)));
        }
        return new Turns(turns, row.nameOf(answers));
    }

    private static boolean isTexts(JsonNode list) {
        boolean any = false;
        for (JsonNode element : list) {
            if (!element.isString() && !element.isNull()) {
                return false;
            }
            any |= element.isString();
        }
        return list.isArray() && any;
    }

    private static JsonNode list(JsonRow row, JsonNode value) {
        return value.isString() && value.stringValue().strip().startsWith("[")
                ? new MessageReader(row).tryParse(value)
                : value;
    }
}
