package org.betatron.data.source;

import java.util.ArrayList;
import java.util.List;
import org.betatron.data.DataException;
import org.betatron.data.row.DropReason;
import org.betatron.data.row.DroppedRow;
import org.betatron.data.row.Message;
import org.betatron.data.row.PairScores;
import org.betatron.data.row.PreferencePair;
import org.betatron.data.row.Prompt;
import org.betatron.data.row.RowPlace;
import org.betatron.data.template.HumanAssistantTemplate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Turns rows of every [PreferenceFormat] into [PreferencePair]s.
public final class PreferenceParser {

    private PreferenceParser() {}

    public static PreferenceFormat detect(JsonRow row) {
        JsonNode chosen = row.node().path("chosen");
        if (row.has("chosen_messages") && row.has("rejected_messages")) {
            return PreferenceFormat.MESSAGES;
        }
        if (row.has("conversations") && row.has("chosen")) {
            return PreferenceFormat.SHAREGPT;
        }
        if (row.has("chosen") && row.has("rejected")) {
            if (chosen.isArray() || chosen.isObject()) {
                return PreferenceFormat.MESSAGES;
            }
            if (row.has("prompt")) {
                return row.node().path("prompt").isArray() ? PreferenceFormat.MESSAGES : PreferenceFormat.PAIRS;
            }
            if (row.has("instruction")) {
                return PreferenceFormat.INSTRUCTION;
            }
            if (chosen.asString("").contains(HumanAssistantTemplate.ASSISTANT_MARKER)) {
                return PreferenceFormat.HH;
            }
        }
        throw row.error("a preference row must have \"prompt\", \"chosen\" and \"rejected\", or dialogues in"
                + " \"chosen\" and \"rejected\", but had the fields "
                + row.node().propertyNames());
    }

    public static ReadRow<PreferencePair> parse(PreferenceFormat format, JsonRow row) {
        return switch (format) {
            case AUTO -> parse(detect(row), row);
            case HH -> parseHh(row);
            case PAIRS -> pair(row, new Prompt.Text(row.text("prompt")), row.text("chosen"), row.text("rejected"));
            case INSTRUCTION ->
                pair(row, instructionPrompt(row, "instruction"), row.text("chosen"), row.text("rejected"));
            case MESSAGES -> parseMessages(row);
            case SHAREGPT -> parseShareGpt(row);
        };
    }

    private static ReadRow<PreferencePair> parseHh(JsonRow row) {
        String chosen = row.text("chosen");
        String rejected = row.text("rejected");
        String prompt = hhPrompt(row, chosen, "chosen");
        if (!hhPrompt(row, rejected, "rejected").equals(prompt)) {
            return dropped(row, DropReason.DIALOGUES_DIFFER);
        }
        return pair(
                row, new Prompt.Text(prompt), chosen.substring(prompt.length()), rejected.substring(prompt.length()));
    }

    private static String hhPrompt(JsonRow row, String dialogue, String field) {
        String marker = HumanAssistantTemplate.ASSISTANT_MARKER;
        int last = dialogue.lastIndexOf(marker);
        if (last < 0) {
            throw row.error("\"" + field + "\" must contain \"\\n\\nAssistant:\" before the answer");
        }
        return dialogue.substring(0, last + marker.length());
    }

    /// @return system message, earlier turns and the instruction with its input
    static Prompt instructionPrompt(JsonRow row, String field) {
        List<Message> messages = new ArrayList<>();
        if (!row.optionalText("system").isBlank()) {
            messages.add(Message.system(row.text("system")));
        }
        String input = row.optionalText("input");
        String instruction = row.text(field);
        messages.add(Message.user(input.isBlank() ? instruction : instruction + "\n" + input));
        return new Prompt.Dialogue(messages);
    }

    private static ReadRow<PreferencePair> parseShareGpt(JsonRow row) {
        List<Message> prompt = new ArrayList<>();
        if (!row.optionalText("system").isBlank()) {
            prompt.add(Message.system(row.text("system")));
        }
        prompt.addAll(row.messages("conversations"));
        return pair(row, new Prompt.Dialogue(prompt), onlyAnswer(row, "chosen"), onlyAnswer(row, "rejected"));
    }

    private static String onlyAnswer(JsonRow row, String field) {
        if (row.node().path(field).isString()) {
            return row.text(field);
        }
        List<Message> messages = row.messages(field);
        if (messages.size() != 1) {
            throw row.error("\"" + field + "\" must be one message but was " + messages.size());
        }
        return answer(row, messages, field);
    }

    private static ReadRow<PreferencePair> parseMessages(JsonRow row) {
        boolean suffixed = row.has("chosen_messages");
        String chosenField = suffixed ? "chosen_messages" : "chosen";
        String rejectedField = suffixed ? "rejected_messages" : "rejected";
        List<Message> given = givenPrompt(row);
        List<Message> chosen = withPrompt(given, dialogue(row, chosenField));
        List<Message> rejected = withPrompt(given, dialogue(row, rejectedField));
        String chosenAnswer = answer(row, chosen, chosenField);
        String rejectedAnswer = answer(row, rejected, rejectedField);
        List<Message> prompt = chosen.subList(0, chosen.size() - 1);
        if (!rejected.subList(0, rejected.size() - 1).equals(prompt)) {
            return dropped(row, DropReason.DIALOGUES_DIFFER);
        }
        if (prompt.isEmpty()) {
            throw row.error("a dialogue must have a message before the answer, or a \"prompt\" beside it");
        }
        return pair(row, new Prompt.Dialogue(prompt), chosenAnswer, rejectedAnswer);
    }

    private static List<Message> dialogue(JsonRow row, String field) {
        return row.node().path(field).isString() ? List.of(Message.assistant(row.text(field))) : row.messages(field);
    }

    private static List<Message> givenPrompt(JsonRow row) {
        if (!row.has("prompt")) {
            return List.of();
        }
        return row.node().path("prompt").isString()
                ? List.of(Message.user(row.text("prompt")))
                : row.messages("prompt");
    }

    /// Some files repeat the prompt in both dialogues, some do not.
    private static List<Message> withPrompt(List<Message> prompt, List<Message> dialogue) {
        if (dialogue.size() != 1) {
            return dialogue;
        }
        List<Message> whole = new ArrayList<>(prompt);
        whole.addAll(dialogue);
        return whole;
    }

    static String answer(JsonRow row, List<Message> messages, String field) {
        if (messages.isEmpty()) {
            throw row.error("\"" + field + "\" must have at least one message");
        }
        Message last = messages.getLast();
        if (!last.role().equals(Message.ASSISTANT)) {
            throw row.error("\"" + field + "\" must end with a message of the assistant but ended with role \""
                    + last.role() + "\"");
        }
        return last.content();
    }

    private static ReadRow<PreferencePair> pair(JsonRow row, Prompt prompt, String chosen, String rejected) {
        return new ReadRow.Kept<>(row.place(), new PreferencePair(row.id(), prompt, chosen, rejected, scores(row)));
    }

    /// @return null unless the row has both scores
    private static @Nullable PairScores scores(JsonRow row) {
        Double chosen = row.optionalNumber("/chosen_score", "/score_chosen", "/metadata/score_chosen");
        Double rejected = row.optionalNumber("/rejected_score", "/score_rejected", "/metadata/score_rejected");
        if (chosen == null || rejected == null) {
            return null;
        }
        try {
            return new PairScores(chosen, rejected);
        } catch (IllegalArgumentException e) {
            throw new DataException(row.place() + ": " + e.getMessage(), e);
        }
    }

    /// @return the row, dropped if its answers teach no preference
    static ReadRow<PreferencePair> dropIfUseless(ReadRow<PreferencePair> row) {
        if (!(row instanceof ReadRow.Kept<PreferencePair>(RowPlace place, PreferencePair pair))) {
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
        return pair.chosen().strip().equals(pair.rejected().strip());
    }

    static <T> ReadRow<T> dropped(JsonRow row, DropReason reason) {
        return new ReadRow.Dropped<>(new DroppedRow(row.id(), row.place(), reason));
    }
}
