package org.betatron.data.row;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One turn of a dialogue, with everything that a chat template may read of it.
///
/// @param role   who speaks, in the words of chat templates: `user`, `assistant`, `system`, `tool`,
///     `developer`
/// @param fields what the turn holds beside its role, as its file gives it: `content` (text; null
///     or absent where there is none), `tool_calls`, `tool_call_id`, `name`, `reasoning_content`
///     and any other; texts, numbers, truth values, null, lists and maps of these. Copied.
public record Message(String role, Map<String, @Nullable Object> fields) {

    public static final String USER = "user";
    public static final String ASSISTANT = "assistant";
    public static final String SYSTEM = "system";
    public static final String TOOL = "tool";

    public static final String CONTENT = "content";
    public static final String TOOL_CALLS = "tool_calls";
    public static final String FUNCTION_CALL = "function_call";

    private static final Set<String> THOUGHTS = Set.of("reasoning_content", "reasoning", "thinking", "thought");

    public Message {
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /// A turn that is text alone.
    public Message(String role, String content) {
        this(role, Map.of(CONTENT, content));
    }

    public static Message user(String content) {
        return new Message(USER, content);
    }

    public static Message assistant(String content) {
        return new Message(ASSISTANT, content);
    }

    public static Message system(String content) {
        return new Message(SYSTEM, content);
    }

    /// @return what is said; empty where the turn has no text
    public String content() {
        return fields.get(CONTENT) instanceof String text ? text : "";
    }

    /// @return the same turn with another text
    public Message withContent(String content) {
        return with(CONTENT, content);
    }

    /// @return the same turn with one more field, or another value of it
    public Message with(String field, @Nullable Object value) {
        Map<String, @Nullable Object> changed = new LinkedHashMap<>(fields);
        changed.put(field, value);
        return new Message(role, changed);
    }

    /// @return whether there is neither text nor anything else that is said
    public boolean isBlank() {
        return isEmpty(CONTENT) && saidBesideText().isEmpty();
    }

    /// @return whether a field of a turn holds what the assistant thought
    public static boolean isThought(String field) {
        return THOUGHTS.contains(field);
    }

    /// @return whether a field of a turn holds something that is said, beside its text
    public static boolean isSaidBesideText(String field) {
        return isThought(field) || ContentNames.meanContent(field);
    }

    /// @return fields that are not empty and hold something that is said, beside the text
    public List<String> saidBesideText() {
        return fields.keySet().stream()
                .filter(Message::isSaidBesideText)
                .filter(field -> !isEmpty(field))
                .toList();
    }

    /// @return whether a field is absent, null, or empty
    public boolean isEmpty(String field) {
        return switch (fields.get(field)) {
            case null -> true;
            case String text -> text.isBlank();
            case List<?> list -> list.isEmpty();
            case Map<?, ?> map -> map.isEmpty();
            default -> false;
        };
    }

    /// @return the turn up to white space around its text, for comparisons
    public Message stripped() {
        return fields.get(CONTENT) instanceof String text ? withContent(text.strip()) : this;
    }

    /// @return the turn as a template reads it: `role` first, then the fields
    public Map<String, @Nullable Object> values() {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        values.put("role", role);
        values.putAll(fields);
        return values;
    }
}
