package org.betatron.data.layout;

import java.util.List;
import org.betatron.data.DataException;
import org.betatron.data.row.DropReason;
import org.betatron.data.row.DroppedRow;
import org.betatron.data.row.Message;
import org.betatron.data.row.PairScores;
import org.betatron.data.row.PreferencePair;
import org.betatron.data.row.Prompt;
import org.betatron.data.row.RowPlace;
import org.betatron.data.source.FieldMap;
import org.betatron.data.source.JsonRow;
import org.betatron.data.template.HumanAssistantTemplate;
import org.jspecify.annotations.Nullable;

/// Turns rows of one [PairLayout] into [PreferencePair]s.
///
/// @param layout how the rows are laid out
public record PreferenceParser(PairLayout layout) {

    /// @param format of the rows, or [PreferenceFormat#AUTO]
    /// @param first  a row of the file
    /// @return a parser of rows like the first
    /// @throws DataException if its layout is not known
    public static PreferenceParser of(PreferenceFormat format, JsonRow first) {
        return new PreferenceParser(PairLayout.of(format, first));
    }

    /// @return whether a row has a layout of preferences
    public static boolean isKnown(JsonRow row) {
        return PairLayout.of(row).isPresent();
    }

    /// @return the layout by name
    public String name() {
        return layout.format().name();
    }

    /// @throws DataException if the row does not have the layout
    public ReadRow<PreferencePair> parse(JsonRow fileRow) {
        JsonRow row = fileRow.under(layout.map());
        layout.check(fileRow);
        return switch (layout.format()) {
            case AUTO -> throw new IllegalStateException("a layout has a format");
            case HH -> hh(row);
            case PAIRS -> texts(row, row.text("prompt"), Turns.text(row, "chosen"), Turns.text(row, "rejected"));
            case INSTRUCTION ->
                dialogues(row, Turns.instruction(row), Turns.text(row, "chosen"), Turns.text(row, "rejected"));
            case SHAREGPT ->
                dialogues(
                        row,
                        Turns.of(row, "conversations"),
                        Turns.single(row, "chosen"),
                        Turns.single(row, "rejected"));
            case MESSAGES ->
                dialogues(row, Turns.given(row, "prompt"), Turns.of(row, "chosen"), Turns.of(row, "rejected"));
            case COMPARED, RANKED ->
                switch (PreferenceLabel.of(layout.format(), row)) {
                    case PreferenceLabel.Undecided _ -> dropped(row, DropReason.UNDECIDED);
                    case PreferenceLabel.Decided(FieldMap answers) -> judged(row.under(answers));
                };
        };
    }

    private static ReadRow<PreferencePair> judged(JsonRow row) {
        if (SpokenInTurns.isOf(row)) {
            Turns nothing = new Turns(List.of(), "prompt");
            return dialogues(row, nothing, SpokenInTurns.of(row, "chosen"), SpokenInTurns.of(row, "rejected"));
        }
        Turns chosen = Turns.of(row, "chosen");
        Turns rejected = Turns.of(row, "rejected");
        boolean isText = row.peek("prompt").isString()
                && row.peek("chosen").isString()
                && row.peek("rejected").isString();
        if (isText) {
            return texts(row, row.text("prompt"), chosen, rejected);
        }
        boolean isAsked = !row.has("prompt") && row.isMapped("instruction");
        return dialogues(
                row,
                isAsked ? Turns.instruction(row) : Turns.given(row, row.has("prompt") ? "prompt" : PairLayout.QUESTION),
                chosen,
                rejected);
    }

    private static ReadRow<PreferencePair> texts(JsonRow row, String prompt, Turns chosen, Turns rejected) {
        return pair(row, Turns.prompt(row, prompt), chosen.answer(row), rejected.answer(row));
    }

    private static ReadRow<PreferencePair> hh(JsonRow row) {
        String chosen = row.text("chosen");
        String rejected = row.text("rejected");
        String prompt = hhPrompt(row, chosen, "chosen");
        if (!hhPrompt(row, rejected, "rejected").equals(prompt)) {
            return dropped(row, DropReason.DIALOGUES_DIFFER);
        }
        return pair(
                row,
                new Prompt.Text(prompt),
                Message.assistant(chosen.substring(prompt.length())),
                Message.assistant(rejected.substring(prompt.length())));
    }

    private static String hhPrompt(JsonRow row, String dialogue, String field) {
        String marker = HumanAssistantTemplate.ASSISTANT_MARKER;
        int last = dialogue.lastIndexOf(marker);
        if (last < 0) {
            throw row.error("\"" + field + "\" must contain \"\\n\\nAssistant:\" before the answer");
        }
        return dialogue.substring(0, last + marker.length());
    }

    private static ReadRow<PreferencePair> dialogues(JsonRow row, Turns given, Turns chosen, Turns rejected) {
        Turns wholeChosen = chosen.after(given, rejected, row);
        Turns wholeRejected = rejected.after(given, chosen, row);
        Message chosenAnswer = wholeChosen.answer(row);
        Message rejectedAnswer = wholeRejected.answer(row);
        List<Message> prompt = wholeChosen.beforeAnswer();
        if (!Turns.areSame(prompt, wholeRejected.beforeAnswer())) {
            return dropped(row, DropReason.DIALOGUES_DIFFER);
        }
        if (prompt.isEmpty()) {
            throw row.error("a dialogue must have a message before the answer, or a \"prompt\" beside it");
        }
        return pair(row, new Surroundings(row).around(prompt), chosenAnswer, rejectedAnswer);
    }

    private static ReadRow<PreferencePair> pair(JsonRow row, Prompt prompt, Message chosen, Message rejected) {
        return new ReadRow.Kept<>(row.place(), new PreferencePair(row.id(), prompt, chosen, rejected, scores(row)));
    }

    /// @return null unless the row has both scores
    private static @Nullable PairScores scores(JsonRow row) {
        Double chosen = row.score("/chosen_score", "/score_chosen", "/metadata/score_chosen");
        Double rejected = row.score("/rejected_score", "/score_rejected", "/metadata/score_rejected");
        if (chosen == null || rejected == null || !Double.isFinite(chosen - rejected)) {
            return null;
        }
        return new PairScores(chosen, rejected);
    }

    /// @return the row, dropped if its answers teach no preference
    static ReadRow<PreferencePair> dropIfUseless(ReadRow<PreferencePair> row) {
        if (!(row instanceof ReadRow.Kept<PreferencePair>(RowPlace place, PreferencePair pair, Leftover _))) {
            return row;
        }
        if (pair.chosen().isBlank() || pair.rejected().isBlank()) {
            return new ReadRow.Dropped<>(new DroppedRow(pair.id(), place, DropReason.EMPTY_ANSWER));
        }
        if (hasIdenticalAnswers(pair)) {
            return new ReadRow.Dropped<>(new DroppedRow(pair.id(), place, DropReason.IDENTICAL_ANSWERS));
        }
        return row;
    }

    static boolean hasIdenticalAnswers(PreferencePair pair) {
        return Turns.areSame(
                List.of(pair.chosen().stripped()), List.of(pair.rejected().stripped()));
    }

    static <T> ReadRow<T> dropped(JsonRow row, DropReason reason) {
        return new ReadRow.Dropped<>(new DroppedRow(row.id(), row.place(), reason));
    }
}
