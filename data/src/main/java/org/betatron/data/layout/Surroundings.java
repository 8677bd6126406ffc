package org.betatron.data.layout;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.betatron.data.row.Message;
import org.betatron.data.row.Prompt;
import org.betatron.data.source.JsonRow;
import org.betatron.data.source.JsonValues;
import org.betatron.data.source.MessageReader;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/// What a row says beside its prompt and belongs to the dialogue: `system` (or `system_prompt`,
/// `system_message`) is its first turn, `history` the turns after that, `tools` and `documents` are
/// read by the chat template, as is what stands under `chat_template_kwargs`.
///
/// @param row that may have them
record Surroundings(JsonRow row) {

    private static final List<String> SYSTEM =
            List.of("system", "system_prompt", "system_message", "systemInstruction", "system_instruction");
    private static final String HISTORY = "history";
    private static final String DOCUMENTS = "documents";
    private static final String FURTHER = "chat_template_kwargs";

    /// @return whether the row has such fields, be they empty: a file whose prompts are dialogues
    ///     in some rows has dialogues in all of them
    boolean exist() {
        return SYSTEM.stream().anyMatch(this::isThere)
                || (isThere(HISTORY) && !row.isUsed(HISTORY))
                || isThere(Prompt.Dialogue.TOOLS)
                || isThere(DOCUMENTS)
                || isThere(FURTHER);
    }

    private boolean isThere(String field) {
        return !row.peek(field).isMissingNode();
    }

    /// @param turns what the row gives as its dialogue
    Prompt.Dialogue around(List<Message> turns) {
        List<Message> messages = new ArrayList<>();
        String system = system();
        boolean hasOwn = !turns.isEmpty() && turns.getFirst().role().equals(Message.SYSTEM);
        if (hasOwn && !system.isBlank()) {
            String own = turns.getFirst().content();
            if (!own.strip().equals(system.strip())) {
                throw row.error("\"system\" must be what the dialogue's own system message says, or be left out");
            }
        }
        if (hasOwn) {
            messages.add(turns.getFirst());
        } else if (!system.isBlank()) {
            messages.add(Message.system(system));
        }
        messages.addAll(history());
        messages.addAll(turns.subList(hasOwn ? 1 : 0, turns.size()));
        return new Prompt.Dialogue(messages, variables());
    }

    private String system() {
        String system = "";
        for (String field : SYSTEM) {
            String text = row.has(field)
                    ? new MessageReader(row).systemText(row.use(field), "\"" + row.nameOf(field) + "\"")
                    : "";
            if (!system.isBlank() && !text.isBlank() && !text.strip().equals(system.strip())) {
                throw row.error(
                        "\"" + String.join("\", \"", SYSTEM) + "\" must say the same, or only one of them be there");
            }
            system = system.isBlank() ? text : system;
        }
        return system;
    }

    private List<Message> history() {
        JsonNode history = row.peek(HISTORY);
        // Some files call the prompt so.
        if (JsonValues.isEmpty(history) || row.isUsed(HISTORY)) {
            return List.of();
        }
        row.use(HISTORY);
        if (history.isArray() && history.get(0).isObject()) {
            return row.messages(HISTORY);
        }
        List<Message> turns = new ArrayList<>();
        for (JsonNode pair : history.isArray() ? history : List.of(history)) {
            if (!pair.isArray() || pair.size() != 2) {
                throw row.error("\"" + row.nameOf(HISTORY) + "\" must be a list of [question, answer], or of messages");
            }
            turns.add(Message.user(row.text(pair.get(0), "a question of \"history\"")));
            turns.add(Message.assistant(row.text(pair.get(1), "an answer of \"history\"")));
        }
        return turns;
    }

    private Map<String, @Nullable Object> variables() {
        Map<String, @Nullable Object> variables = new LinkedHashMap<>();
        further(variables);
        list(Prompt.Dialogue.TOOLS, variables);
        list(DOCUMENTS, variables);
        return variables;
    }

    private void further(Map<String, @Nullable Object> variables) {
        JsonNode further = json(FURTHER);
        if (!further.isObject() && !JsonValues.isEmpty(further)) {
            throw row.error("\"" + FURTHER + "\" must be an object but was " + JsonRow.kind(further));
        }
        further.properties()
                .forEach(field -> variables.put(field.getKey(), JsonValues.of(field.getValue(), row, FURTHER)));
    }

    private void list(String field, Map<String, @Nullable Object> variables) {
        JsonNode value = json(field);
        if (value.isMissingNode() || value.isNull()) {
            return;
        }
        if (!value.isArray()) {
            throw row.error(
                    "\"" + field + "\" must be a list, or JSON text that is one, but was " + JsonRow.kind(value));
        }
        List<@Nullable Object> elements = new ArrayList<>();
        for (JsonNode element : value) {
            JsonNode object = element.isString() && field.equals(Prompt.Dialogue.TOOLS)
                    ? new MessageReader(row).parse(element.stringValue(), field)
                    : element;
            elements.add(JsonValues.of(object, row, "\"" + field + "\""));
        }
        variables.put(field, elements);
    }

    /// @return the field's value, parsed if it is JSON text
    private JsonNode json(String field) {
        JsonNode value = row.use(field);
        if (!value.isString()) {
            return value;
        }
        return value.stringValue().isBlank()
                ? MissingNode.getInstance()
                : new MessageReader(row).parse(value.stringValue(), "\"" + field + "\"");
    }
}
