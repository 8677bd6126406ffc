package org.betatron.data.layout;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.betatron.data.row.Message;
import org.betatron.data.row.Prompt;
import org.betatron.data.source.JsonRow;
import org.betatron.data.template.HumanAssistantTemplate;
import org.jspecify.annotations.Nullable;

/// Turns that a row gives in one field: a prompt, an answer, or a dialogue that ends with one.
///
/// @param messages oldest first
/// @param field    what the file calls it, for errors
record Turns(List<Message> messages, String field) {

    Turns {
        messages = List.copyOf(messages);
    }

    /// @return an answer that is text
    static Turns text(JsonRow row, String field) {
        return new Turns(List.of(Message.assistant(row.text(field))), row.nameOf(field));
    }

    /// @return a message, a list of them, or an answer that is text
    static Turns of(JsonRow row, String field) {
        if (!row.has(field)) {
            throw row.error("\"" + row.nameOf(field) + "\" must be text, a message, or a list of messages but was "
                    + JsonRow.kind(row.peek(field)));
        }
        return row.peek(field).isString() ? text(row, field) : new Turns(row.messages(field), row.nameOf(field));
    }

    /// @return an answer that is text or one message
    static Turns single(JsonRow row, String field) {
        Turns turns = of(row, field);
        if (turns.messages.size() != 1) {
            throw row.error("\"" + turns.field + "\" must be one message but was " + turns.messages.size());
        }
        return turns;
    }

    /// @return a prompt: what the user asks, if it is text, or messages; none where the field is
    ///     absent
    static Turns given(JsonRow row, String field) {
        if (!row.has(field)) {
            return new Turns(List.of(), row.nameOf(field));
        }
        return row.peek(field).isString()
                ? new Turns(List.of(Message.user(row.text(field))), row.nameOf(field))
                : new Turns(row.messages(field), row.nameOf(field));
    }

    /// @return an instruction of the user with its input, or messages that stand in its place
    static Turns instruction(JsonRow row) {
        if (row.peek("instruction").isArray()) {
            return new Turns(row.messages("instruction"), row.nameOf("instruction"));
        }
        String instruction = row.text("instruction");
        String below = row.has("input") ? "input" : "context";
        String input = row.nameOf("instruction").equals(below) ? "" : row.optionalText(below);
        return new Turns(
                List.of(Message.user(input.isBlank() ? instruction : instruction + "\n" + input)),
                row.nameOf("instruction"));
    }

    /// @return a prompt that is text: as it is, or what a user asks in a row that says more of its
    ///     dialogue
    static Prompt prompt(JsonRow row, String text) {
        Surroundings surroundings = new Surroundings(row);
        return surroundings.exist() && !text.contains(HumanAssistantTemplate.ASSISTANT_MARKER)
                ? surroundings.around(List.of(Message.user(text)))
                : new Prompt.Text(text);
    }

    /// Some files repeat the prompt in both dialogues, some do not, and some have it in one of
    /// them.
    ///
    /// @param given what the row gives as its prompt
    /// @param other the dialogue that this one is compared with
    /// @return the whole dialogue
    Turns after(Turns given, Turns other, JsonRow row) {
        if (messages.size() == 1) {
            boolean isInOther = given.messages.isEmpty() && other.messages.size() > 1;
            return following(isInOther ? other.beforeAnswer() : given.messages);
        }
        if (given.messages.isEmpty() || messages.isEmpty()) {
            return this;
        }
        List<Message> asked = withoutSystem(given.messages);
        if (holds(beforeAnswer(), asked)) {
            boolean lacksSystem = asked.size() < given.messages.size()
                    && withoutSystem(messages).size() == messages.size();
            return lacksSystem ? following(List.of(given.messages.getFirst())) : checkSystem(given, row);
        }
        boolean continues = !Set.of(Message.USER, Message.SYSTEM)
                        .contains(messages.getFirst().role())
                && !given.messages.getLast().role().equals(Message.ASSISTANT);
        if (continues) {
            return following(given.messages);
        }
        throw row.error("\"" + given.field + "\" must be part of the dialogue in \"" + field
                + "\", or what comes before it, but says something else");
    }

    private Turns checkSystem(Turns given, JsonRow row) {
        Message system = given.messages.getFirst();
        if (system.role().equals(Message.SYSTEM)
                && !areSame(
                        List.of(system.stripped()), List.of(messages.getFirst().stripped()))) {
            throw row.error("the system messages of \"" + given.field + "\" and \"" + field + "\" must be the same");
        }
        return this;
    }

    private Turns following(List<Message> before) {
        List<Message> whole = new ArrayList<>(before);
        whole.addAll(messages);
        return new Turns(whole, field);
    }

    private static List<Message> withoutSystem(List<Message> messages) {
        return !messages.isEmpty() && messages.getFirst().role().equals(Message.SYSTEM)
                ? messages.subList(1, messages.size())
                : messages;
    }

    /// @return whether some messages stand within others, one after the other
    private static boolean holds(List<Message> whole, List<Message> part) {
        for (int from = 0; from + part.size() <= whole.size(); from++) {
            if (areSame(stripped(whole.subList(from, from + part.size())), stripped(part))) {
                return true;
            }
        }
        return false;
    }

    private static List<Message> stripped(List<Message> messages) {
        return messages.stream().map(Message::stripped).toList();
    }

    /// @return whether the same is said by the same
    static boolean areSame(List<Message> some, List<Message> others) {
        return some.stream()
                .map(Turns::said)
                .toList()
                .equals(others.stream().map(Turns::said).toList());
    }

    private static Message said(Message message) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put(Message.CONTENT, message.fields().getOrDefault(Message.CONTENT, ""));
        message.saidBesideText()
                .forEach(field -> fields.put(field, message.fields().get(field)));
        return new Message(message.role(), fields);
    }

    /// @return the turns that the answer replies to
    List<Message> beforeAnswer() {
        return messages.isEmpty() ? messages : messages.subList(0, messages.size() - 1);
    }

    /// @return the last turn
    /// @throws org.betatron.data.DataException if it is not the assistant's
    Message answer(JsonRow row) {
        if (messages.isEmpty()) {
            throw row.error("\"" + field + "\" must have at least one message");
        }
        Message last = messages.getLast();
        if (!last.role().equals(Message.ASSISTANT)) {
            throw row.error("\"" + field + "\" must end with a message of the assistant but ended with role \""
                    + last.role() + "\"");
        }
        return last;
    }
}
