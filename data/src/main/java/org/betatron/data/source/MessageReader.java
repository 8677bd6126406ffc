package org.betatron.data.source;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.betatron.data.DataException;
import org.betatron.data.row.ContentNames;
import org.betatron.data.row.Message;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// Reads the messages of a row: `role` and `content`, or `from` and `value`, with whatever else
/// they have, which chat templates may read.
///
/// @param row for errors
public record MessageReader(JsonRow row) {

    private static final List<String> ROLE = List.of("role", "from", "speaker");
    private static final List<String> TEXT = List.of("content", "value", "text", "parts");

    /// @param value one message or a list of them
    /// @param what  the value is called in errors
    List<Message> messages(JsonNode value, String what) {
        if (value.isObject()) {
            return joined(List.of(value), what, false);
        }
        if (!value.isArray()) {
            throw row.error(what + " must be a list of messages but was " + JsonRow.kind(value));
        }
        List<JsonNode> all = new ArrayList<>();
        value.forEach(all::add);
        return joined(all, what.substring(0, what.length() - 1), true);
    }

    /// A call of a function that is a turn of its own belongs to the assistant's turn before it, as
    /// templates know it.
    private List<Message> joined(List<JsonNode> values, String what, boolean numbered) {
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            String name = numbered ? what + "[" + i + "]\"" : what;
            JsonNode value = values.get(i);
            String role = role(value, name);
            if (!role.equals(Roles.CALL)) {
                messages.add(message(value, role, name));
                continue;
            }
            List<Object> calls = calls(value, name);
            if (!messages.isEmpty() && messages.getLast().role().equals(Message.ASSISTANT)) {
                Message before = messages.removeLast();
                if (before.fields().get(Message.TOOL_CALLS) instanceof List<?> earlier) {
                    calls.addAll(0, earlier);
                }
                messages.add(before.with(Message.TOOL_CALLS, calls));
            } else {
                messages.add(Message.assistant("").with(Message.TOOL_CALLS, calls));
            }
        }
        return messages;
    }

    private String role(JsonNode value, String what) {
        if (!value.isObject()) {
            throw row.error(what + " must be a message {\"role\", \"content\"} but was " + JsonRow.kind(value));
        }
        String field = first(value, ROLE);
        String name = row.text(value.path(field), what + " \"" + field + "\"");
        String role = Roles.of(name);
        if (role == null) {
            throw row.error(what + " has the role \"" + name
                    + "\", which no chat template is known to write; known are " + Roles.known());
        }
        return role;
    }

    /// @return whether a value is a message that the assistant says
    public static boolean isOfAssistant(JsonNode value) {
        return Message.ASSISTANT.equals(Roles.of(value.path(first(value, ROLE)).asString("")));
    }

    private static String first(JsonNode value, List<String> names) {
        return names.stream().filter(value::has).findFirst().orElse(names.getFirst());
    }

    private Message message(JsonNode value, String role, String what) {
        String roleField = first(value, ROLE);
        String textField = first(value, TEXT);
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        if (value.has(textField)) {
            fields.put(Message.CONTENT, content(value.path(textField), role, what));
        }
        value.properties().forEach(field -> {
            String name = field.getKey();
            if (ContentNames.meanMedia(name) && !JsonValues.isEmpty(field.getValue())) {
                throw row.error(what + " has \"" + name + "\"; only text is supported");
            }
            if (!name.equals(roleField) && !name.equals(textField)) {
                fields.put(name, JsonValues.of(field.getValue(), row, what + " \"" + name + "\""));
            }
        });
        if (fields.get(Message.TOOL_CALLS) instanceof String text) {
            fields.put(Message.TOOL_CALLS, JsonValues.of(parse(text, what + " \"tool_calls\""), row, what));
        }
        Message message = new Message(role, fields);
        if (fields.get(Message.CONTENT) == null && message.isBlank()) {
            throw row.error(
                    what + " \"" + textField + "\" must be a string but was " + JsonRow.kind(value.path(textField)));
        }
        return message;
    }

    /// Parts that are text become one text. What a function gave back need not be text.
    private @Nullable Object content(JsonNode content, String role, String what) {
        if (content.isNull()) {
            return null;
        }
        if (content.isArray() && !isData(content, role)) {
            StringBuilder text = new StringBuilder();
            content.forEach(part -> text.append(part(part, what)));
            return text.toString();
        }
        return role.equals(Message.TOOL) && !content.isString()
                ? JsonValues.of(content, row, what + " \"content\"")
                : row.text(content, what + " \"content\"");
    }

    private static boolean isData(JsonNode list, String role) {
        if (!role.equals(Message.TOOL)) {
            return false;
        }
        for (JsonNode part : list) {
            if (!part.isObject() || !part.has("type")) {
                return true;
            }
        }
        return false;
    }

    /// The last two are those of OpenAI's Responses.
    private static final Set<String> TEXT_PARTS = Set.of("text", "input_text", "output_text");

    private String part(JsonNode part, String what) {
        if (part.isString()) {
            return row.text(part, what + " \"content\"");
        }
        String kind = otherKind(part);
        if (!kind.isEmpty()) {
            throw row.error(what + " has a part with \"" + kind + "\"; only text is supported in parts");
        }
        String type = part.path("type").asString("text");
        if (!TEXT_PARTS.contains(type)) {
            throw row.error(what + " has content of type \"" + type + "\"; only text is supported");
        }
        return row.text(part.path(first(part, List.of("text", "value", "content"))), what + " \"text\"");
    }

    /// @return what a part of Gemini's is if it is no text, or a thought; empty for others
    private static String otherKind(JsonNode part) {
        return part.has("type")
                ? ""
                : part.properties().stream()
                        .filter(field -> !JsonValues.isEmpty(field.getValue()))
                        .filter(field -> !field.getValue().isBoolean()
                                || field.getValue().booleanValue())
                        .map(Map.Entry::getKey)
                        .filter(OTHER_PARTS::contains)
                        .findFirst()
                        .orElse("");
    }

    private static final Set<String> OTHER_PARTS = Set.of(
            "functionCall",
            "function_call",
            "functionResponse",
            "function_response",
            "inlineData",
            "inline_data",
            "fileData",
            "file_data",
            "executableCode",
            "codeExecutionResult",
            "thought");

    /// @return the text of a system message that is text, a message, or a list of parts
    /// @throws DataException if it is none of these
    public String systemText(JsonNode value, String what) {
        JsonNode said = value.isObject() ? value.path(first(value, TEXT)) : value;
        return content(said, Message.SYSTEM, what) instanceof String text ? text : "";
    }

    /// `{"name", "arguments"}` as JSON text, one or a list of them.
    private List<Object> calls(JsonNode value, String what) {
        String field = first(value, TEXT);
        JsonNode given = value.path(field);
        JsonNode calls = given.isString() ? parse(row.text(given, what + " \"" + field + "\""), what) : given;
        List<Object> read = new ArrayList<>();
        for (JsonNode call : calls.isArray() ? calls : List.of(calls)) {
            JsonNode function = call.has("function") ? call.path("function") : call;
            if (!function.path("name").isString()) {
                throw row.error(what + " is a call of a function and must be JSON with its \"name\" and \"arguments\"");
            }
            Map<String, @Nullable Object> named = new LinkedHashMap<>();
            named.put("name", function.path("name").stringValue());
            named.put(
                    "arguments",
                    JsonValues.of(
                            function.path(function.has("arguments") ? "arguments" : "parameters"),
                            row,
                            what + " \"arguments\""));
            Map<String, @Nullable Object> typed = new LinkedHashMap<>();
            typed.put("type", "function");
            typed.put("function", named);
            read.add(typed);
        }
        return read;
    }

    /// Reads what stands as a text within a row: arguments of a call, lists of messages.
    ///
    /// @param text JSON
    /// @param what it is called in errors
    /// @throws DataException if it is no JSON
    public JsonNode parse(String text, String what) {
        try {
            return JsonTree.JSON.readTree(text);
        } catch (JacksonException e) {
            throw new DataException(row.place() + ": " + what + " must be JSON but is " + JsonProblem.of(e), e);
        }
    }

    /// @return what a text holds as JSON, or the text where it is none
    public JsonNode tryParse(JsonNode text) {
        try {
            return JsonTree.JSON.readTree(text.stringValue());
        } catch (JacksonException _) {
            return text;
        }
    }
}
