package org.betatron.data.template;

import java.util.ArrayList;
import java.util.List;
import org.betatron.data.DataException;
import org.betatron.data.row.Message;
import org.betatron.data.row.Prompt;

/// The dialogue layout of Anthropic HH: every turn begins with a blank line and the speaker.
public final class HumanAssistantTemplate implements ChatTemplate {

    static final HumanAssistantTemplate INSTANCE = new HumanAssistantTemplate();

    static final String HUMAN_MARKER = "\n\nHuman:";
    public static final String ASSISTANT_MARKER = "\n\nAssistant:";
    private static final String SYSTEM_MARKER = "\n\nSystem:";

    private HumanAssistantTemplate() {}

    /// What this layout has no place for is refused where contents are looked for.
    @Override
    public String write(Prompt.Dialogue dialogue, boolean addGenerationPrompt) {
        StringBuilder text = new StringBuilder();
        for (Message message : dialogue.messages()) {
            text.append(marker(message.role()));
            if (startsWithoutSpace(message.content())) {
                text.append(' ');
            }
            text.append(message.content());
        }
        return text + (addGenerationPrompt ? ASSISTANT_MARKER : "");
    }

    @Override
    public String origin() {
        return "Human/Assistant layout (the model has no chat template)";
    }

    private static boolean startsWithoutSpace(String content) {
        return !content.isEmpty() && !Character.isWhitespace(content.charAt(0));
    }

    private static String marker(String role) {
        return switch (role) {
            case Message.USER -> HUMAN_MARKER;
            case Message.ASSISTANT -> ASSISTANT_MARKER;
            case Message.SYSTEM -> SYSTEM_MARKER;
            default ->
                throw new DataException("role must be system, user or assistant for a model without a chat template"
                        + " but was \"" + role + "\"");
        };
    }

    /// Reads a dialogue in this layout back into turns.
    ///
    /// @return the turns, without surrounding white space; empty if the text does not begin with
    ///     one
    public static List<Message> parse(String dialogue) {
        List<Message> messages = new ArrayList<>();
        int at = 0;
        while (at < dialogue.length()) {
            String role = dialogue.startsWith(HUMAN_MARKER, at)
                    ? Message.USER
                    : dialogue.startsWith(ASSISTANT_MARKER, at) ? Message.ASSISTANT : null;
            if (role == null) {
                return List.of();
            }
            int start = at + marker(role).length();
            int human = indexOrEnd(dialogue, HUMAN_MARKER, start);
            int end = Math.min(human, indexOrEnd(dialogue, ASSISTANT_MARKER, start));
            messages.add(new Message(role, dialogue.substring(start, end).strip()));
            at = end;
        }
        return messages;
    }

    private static int indexOrEnd(String text, String part, int from) {
        int index = text.indexOf(part, from);
        return index < 0 ? text.length() : index;
    }
}
