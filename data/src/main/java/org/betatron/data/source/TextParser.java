package org.betatron.data.source;

import java.util.List;
import org.betatron.data.row.DropReason;
import org.betatron.data.row.DroppedRow;
import org.betatron.data.row.Message;
import org.betatron.data.row.PreferencePair;
import org.betatron.data.row.Prompt;
import org.betatron.data.row.RowPlace;
import org.betatron.data.row.TrainingText;
import org.jspecify.annotations.Nullable;

/// Turns rows of every [TextFormat] but plain text into [TrainingText]s.
final class TextParser {

    private TextParser() {}

    static TextFormat detect(JsonRow row) {
        if (row.has("chosen") || row.has("chosen_messages")) {
            return TextFormat.PREFERENCES;
        }
        if (row.has("messages") || row.has("conversations")) {
            return TextFormat.MESSAGES;
        }
        if (row.has("instruction") && row.has("output")) {
            return TextFormat.INSTRUCTION;
        }
        if (row.has("prompt") && responseField(row) != null) {
            return TextFormat.COMPLETION;
        }
        if (row.has("text")) {
            return TextFormat.TEXT;
        }
        throw row.error("a text row must have \"text\", \"prompt\" and \"completion\", \"instruction\" and"
                + " \"output\", or \"messages\", but had the fields "
                + row.node().propertyNames());
    }

    private static @Nullable String responseField(JsonRow row) {
        return row.has("completion") ? "completion" : row.has("response") ? "response" : null;
    }

    static ReadRow<TrainingText> parse(TextFormat format, JsonRow row) {
        if (row.node().path("label").isBoolean() && !row.node().path("label").asBoolean()) {
            return PreferenceParser.dropped(row, DropReason.UNDESIRED);
        }
        return switch (format) {
            case TEXT -> dropIfEmpty(row, text(row, new Prompt.Text(""), row.text("text")));
            case COMPLETION, INSTRUCTION, MESSAGES -> dropIfEmpty(row, answered(format, row));
            case PREFERENCES -> chosen(PreferenceFormat.AUTO, row);
            case AUTO -> parse(detect(row), row);
            case PLAIN -> throw new IllegalStateException("a plain text has no rows");
        };
    }

    /// Reads a prompt with its one answer, which may be empty.
    ///
    /// @param format one that has a prompt beside the answer
    static TrainingText answered(TextFormat format, JsonRow row) {
        return switch (format) {
            case COMPLETION -> completion(row);
            case INSTRUCTION -> text(row, PreferenceParser.instructionPrompt(row, "instruction"), row.text("output"));
            case MESSAGES -> lastMessage(row);
            case TEXT, PREFERENCES, AUTO, PLAIN ->
                throw new IllegalStateException(format + " has no prompt with one answer");
        };
    }

    private static TrainingText completion(JsonRow row) {
        String field = responseField(row);
        if (field == null) {
            throw row.error("\"completion\" (or \"response\") must be a string but was missing");
        }
        if (row.node().path("prompt").isString()) {
            return text(row, new Prompt.Text(row.text("prompt")), row.text(field));
        }
        String response = row.node().path(field).isString()
                ? row.text(field)
                : PreferenceParser.answer(row, row.messages(field), field);
        return text(row, new Prompt.Dialogue(row.messages("prompt")), response);
    }

    private static TrainingText lastMessage(JsonRow row) {
        String field = row.has("messages") ? "messages" : "conversations";
        List<Message> messages = row.messages(field);
        String answer = PreferenceParser.answer(row, messages, field);
        if (messages.size() == 1) {
            throw row.error("\"" + field + "\" must have a message before the answer");
        }
        return text(row, new Prompt.Dialogue(messages.subList(0, messages.size() - 1)), answer);
    }

    /// A pair with identical answers teaches no preference, but its chosen answer is still a text.
    static ReadRow<TrainingText> chosen(PreferenceFormat format, JsonRow row) {
        return switch (PreferenceParser.parse(format, row)) {
            case ReadRow.Kept<PreferencePair>(RowPlace _, PreferencePair pair) ->
                dropIfEmpty(row, text(row, pair.prompt(), pair.chosen()));
            case ReadRow.Dropped<PreferencePair>(DroppedRow dropped) -> new ReadRow.Dropped<>(dropped);
        };
    }

    private static TrainingText text(JsonRow row, Prompt prompt, String response) {
        return new TrainingText(row.id(), prompt, response);
    }

    private static ReadRow<TrainingText> dropIfEmpty(JsonRow row, TrainingText text) {
        return text.response().isBlank()
                ? PreferenceParser.dropped(row, DropReason.EMPTY_ANSWER)
                : new ReadRow.Kept<>(row.place(), text);
    }
}
