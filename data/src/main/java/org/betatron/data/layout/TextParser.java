package org.betatron.data.layout;

import org.betatron.data.row.DropReason;
import org.betatron.data.row.DroppedRow;
import org.betatron.data.row.Message;
import org.betatron.data.row.PreferencePair;
import org.betatron.data.row.Prompt;
import org.betatron.data.row.RowPlace;
import org.betatron.data.row.TrainingText;
import org.betatron.data.source.JsonRow;

/// Turns rows of one [TextLayout] but plain text and preferences into [TrainingText]s.
///
/// @param layout how the rows are laid out
record TextParser(TextLayout layout) {

    static final String WHAT = "a text row must have \"text\", \"prompt\" and \"completion\", \"instruction\" and"
            + " \"output\", or \"messages\"";

    ReadRow<TrainingText> parse(JsonRow row) {
        return isUndesired(row) ? PreferenceParser.dropped(row, DropReason.UNDESIRED) : dropIfEmpty(row, answered(row));
    }

    private static boolean isUndesired(JsonRow row) {
        return row.peek("label").isBoolean() && !row.use("label").asBoolean();
    }

    /// Reads a prompt with its one answer, which may be empty.
    TrainingText answered(JsonRow fileRow) {
        JsonRow row = fileRow.under(layout.map());
        return switch (layout.format()) {
            case TEXT -> text(row, new Prompt.Text(""), Message.assistant(row.text("text")));
            case COMPLETION -> completion(row);
            case INSTRUCTION ->
                text(
                        row,
                        new Surroundings(row).around(Turns.instruction(row).messages()),
                        Turns.text(row, "output").answer(row));
            case MESSAGES -> lastMessage(row);
            case PREFERENCES, AUTO, PLAIN ->
                throw new IllegalStateException(layout.format() + " has no prompt with one answer");
        };
    }

    private static TrainingText completion(JsonRow row) {
        if (!row.has("completion")) {
            throw row.error("\"completion\" (or \"response\") must be a string but was missing");
        }
        Turns answer = Turns.of(row, "completion");
        if (row.peek("prompt").isString() && row.peek("completion").isString()) {
            return text(row, Turns.prompt(row, row.text("prompt")), answer.answer(row));
        }
        Turns given = row.peek("prompt").isString()
                ? Turns.given(row, "prompt")
                : new Turns(row.messages("prompt"), row.nameOf("prompt"));
        return dialogue(row, answer.after(given, answer, row));
    }

    private static TrainingText lastMessage(JsonRow row) {
        String field = TextLayout.dialogue(row).orElse("messages");
        Turns turns = new Turns(row.messages(field), row.nameOf(field));
        turns.answer(row);
        if (turns.messages().size() == 1) {
            throw row.error("\"" + field + "\" must have a message before the answer");
        }
        return dialogue(row, turns);
    }

    private static TrainingText dialogue(JsonRow row, Turns whole) {
        return text(row, new Surroundings(row).around(whole.beforeAnswer()), whole.answer(row));
    }

    /// A pair with identical answers teaches no preference, but its chosen answer is still a text.
    static ReadRow<TrainingText> chosen(PreferenceParser pairs, JsonRow row) {
        if (isUndesired(row)) {
            return PreferenceParser.dropped(row, DropReason.UNDESIRED);
        }
        return switch (pairs.parse(row)) {
            case ReadRow.Kept<PreferencePair>(RowPlace _, PreferencePair pair, Leftover _) ->
                dropIfEmpty(row, text(row, pair.prompt(), pair.chosen()));
            case ReadRow.Dropped<PreferencePair>(DroppedRow dropped) -> new ReadRow.Dropped<>(dropped);
            case ReadRow.Bad<PreferencePair>(RowPlace place, String id, String why) ->
                new ReadRow.Bad<>(place, id, why);
        };
    }

    private static TrainingText text(JsonRow row, Prompt prompt, Message response) {
        return new TrainingText(row.id(), prompt, response);
    }

    private static ReadRow<TrainingText> dropIfEmpty(JsonRow row, TrainingText text) {
        return text.response().isBlank()
                ? PreferenceParser.dropped(row, DropReason.EMPTY_ANSWER)
                : new ReadRow.Kept<>(row.place(), text);
    }
}
