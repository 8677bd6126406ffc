package org.betatron.data.layout;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.betatron.data.row.ContentNames;
import org.betatron.data.source.JsonRow;
import org.betatron.data.source.MessageReader;
import tools.jackson.databind.JsonNode;

/// Fields of a row that its layout does not read.
///
/// @param names   all of them, but for empty ones
/// @param content texts of those that say something to the model wherever they occur, by field: the
///     model must read them all the same, or the row is refused
public record Leftover(Set<String> names, Map<String, List<String>> content) {

    /// Nothing is left.
    public static final Leftover NONE = new Leftover(Set.of(), Map.of());

    /// Dialogues that often hold what the pair says once more: prompt and chosen answer.
    private static final Set<String> WHOLE = Set.of("messages", "conversation", "conversations", "dialog", "dialogue");

    /// Fields of a message that say whose it is: templates have words of their own for that.
    private static final Set<String> SPEAKER = Set.of("role", "from", "speaker");

    public Leftover {
        names = Set.copyOf(names);
        content = Map.copyOf(content);
    }

    /// @param row     after it was parsed
    /// @param ignored fields that do not matter, whatever their names mean
    /// @throws org.betatron.data.DataException if something is left that is no text
    static Leftover of(JsonRow row, Set<String> ignored) {
        Set<String> names = new LinkedHashSet<>();
        Map<String, List<String>> content = new LinkedHashMap<>();
        for (String name : row.unused()) {
            if (!ignored.contains(name) && ContentNames.meanMedia(name)) {
                throw row.error("\"" + name + "\" holds what is no text; only text is supported");
            }
            if (!ignored.contains(name) && ContentNames.meanContent(name)) {
                List<String> texts = new ArrayList<>();
                JsonNode value = row.peek(name);
                if (WHOLE.contains(ContentNames.plain(name)) && value.isArray()) {
                    collectDialogue(value, texts);
                } else {
                    collect(value, texts);
                }
                content.put(name, texts);
            }
            names.add(name);
        }
        return names.isEmpty() ? NONE : new Leftover(names, content);
    }

    /// All that is said but a last message of the assistant: where the chosen answer is repeated it
    /// is no part of a prompt.
    private static void collectDialogue(JsonNode turns, List<String> texts) {
        for (int i = 0; i < turns.size(); i++) {
            JsonNode turn = turns.get(i);
            if (i == turns.size() - 1 && MessageReader.isOfAssistant(turn)) {
                return;
            }
            if (turn.isObject()) {
                turn.properties().stream()
                        .filter(field -> !SPEAKER.contains(field.getKey()))
                        .forEach(field -> collect(field.getValue(), texts));
            } else {
                collect(turn, texts);
            }
        }
    }

    private static void collect(JsonNode value, List<String> texts) {
        if (value.isString()) {
            texts.add(value.stringValue());
        }
        value.forEach(element -> collect(element, texts));
    }
}
