package org.betatron.data.layout;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.betatron.data.source.JsonRow;
import org.betatron.data.source.MessageReader;
import tools.jackson.databind.JsonNode;

/// Fields of a row that its layout does not read.
///
/// @param names   all of them, but for empty ones
/// @param content texts of those that say something to the model wherever they occur, by field: the model
///     must read them all the same, or the row is refused
public record Leftover(Set<String> names, Map<String, List<String>> content) {

    /// Nothing is left.
    public static final Leftover NONE = new Leftover(Set.of(), Map.of());

    /// Names that mean content in every layout.
    private static final Set<String> CONTENT = Set.of(
            "prompt",
            "instruction",
            "input",
            "question",
            "query",
            "context",
            "system",
            "system_prompt",
            "history",
            "chat_history",
            "tools",
            "functions",
            "documents",
            "tool_calls",
            "function_call",
            "reasoning_content");

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
            if (!ignored.contains(name) && MessageReader.MEDIA.contains(name)) {
                throw row.error("\"" + name + "\" holds what is no text; only text is supported");
            }
            if (!ignored.contains(name) && CONTENT.contains(name)) {
                List<String> texts = new ArrayList<>();
                collect(row.peek(name), texts);
                content.put(name, texts);
            }
            names.add(name);
        }
        return names.isEmpty() ? NONE : new Leftover(names, content);
    }

    private static void collect(JsonNode value, List<String> texts) {
        if (value.isString()) {
            texts.add(value.stringValue());
        }
        value.forEach(element -> collect(element, texts));
    }
}
