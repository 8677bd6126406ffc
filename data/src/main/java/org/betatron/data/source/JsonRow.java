package org.betatron.data.source;

import java.util.ArrayList;
import java.util.List;
import org.betatron.data.DataException;
import org.betatron.data.row.Message;
import org.betatron.data.row.RowPlace;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One JSON object of an input file, with typed reads whose errors say where and what is required.
///
/// @param file name for errors
/// @param line line on which the object begins, from 1
/// @param node the object
public record JsonRow(String file, int line, JsonNode node) {

    static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /// @param utf8 one line, valid UTF-8
    /// @throws DataException if it is not one JSON object
    static JsonRow parse(String file, int line, byte[] utf8) {
        try {
            return of(file, line, JSON.readTree(utf8));
        } catch (JacksonException e) {
            throw new DataException(
                    file + ":" + line + ": every line must be one JSON object: " + e.getOriginalMessage(), e);
        }
    }

    /// @throws DataException if it is no object
    static JsonRow of(String file, int line, JsonNode node) {
        if (!node.isObject()) {
            throw new DataException(file + ":" + line + ": every row must be a JSON object but was " + kind(node));
        }
        return new JsonRow(file, line, node);
    }

    public RowPlace place() {
        return new RowPlace(file, line);
    }

    public DataException error(String message) {
        return new DataException(place() + ": " + message);
    }

    public boolean has(String field) {
        return node.hasNonNull(field);
    }

    /// @return the `id` field, else `file:line`
    public String id() {
        JsonNode id = node.path("id");
        if (id.isMissingNode() || id.isNull()) {
            return fallbackId();
        }
        if (!id.isString() && !id.isIntegralNumber()) {
            throw error("\"id\" must be a string or an integer but was " + kind(id));
        }
        return id.asString();
    }

    /// @return `file:line` with the file's name alone, so that ids do not depend on where a file
    ///     lies
    private String fallbackId() {
        return file.substring(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1) + ":" + line;
    }

    public String text(String field) {
        return text(node.path(field), "\"" + field + "\"");
    }

    /// @return the text, or an empty one where the field is absent or null
    String optionalText(String field) {
        return has(field) ? text(field) : "";
    }

    private String text(JsonNode value, String what) {
        if (!value.isString()) {
            throw error(what + " must be a string but was " + kind(value));
        }
        String text = value.asString();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (Character.isHighSurrogate(c)
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1))) {
                    i++;
                } else {
                    throw error(what + " contains half of a surrogate pair (\\u" + Integer.toHexString(c)
                            + "), which is no character");
                }
            }
        }
        return text;
    }

    /// @param pointers JSON pointers, tried in this order
    /// @return the first of the numbers that is present, null if none is
    /// @throws DataException if it is no number, or too large for one
    @Nullable
    public Double optionalNumber(String... pointers) {
        for (String pointer : pointers) {
            JsonNode value = node.at(pointer);
            if (!value.isMissingNode() && !value.isNull()) {
                return finite(value, pointer.substring(1).replace('/', '.'));
            }
        }
        return null;
    }

    /// @throws DataException if it is missing, no number, or too large for one
    public double number(String field) {
        return finite(node.path(field), field);
    }

    private double finite(JsonNode value, String what) {
        if (!value.isNumber()) {
            throw error("\"" + what + "\" must be a number but was " + kind(value));
        }
        if (!Double.isFinite(value.asDouble())) {
            throw error("\"" + what + "\" must be a finite number but was " + value.asDouble());
        }
        return value.asDouble();
    }

    /// Reads one message or a list of them: `role` and `content`, or `from` and `value`.
    public List<Message> messages(String field) {
        JsonNode value = node.path(field);
        if (value.isObject()) {
            return List.of(message(value, "\"" + field + "\""));
        }
        if (!value.isArray()) {
            throw error("\"" + field + "\" must be a list of messages but was " + kind(value));
        }
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < value.size(); i++) {
            messages.add(message(value.get(i), "\"" + field + "[" + i + "]\""));
        }
        return messages;
    }

    private Message message(JsonNode value, String what) {
        if (!value.isObject()) {
            throw error(what + " must be a message {\"role\", \"content\"} but was " + kind(value));
        }
        if (value.has("from")) {
            return new Message(
                    standardRole(text(value.path("from"), what + " \"from\"")),
                    text(value.path("value"), what + " \"value\""));
        }
        return new Message(
                standardRole(text(value.path("role"), what + " \"role\"")), content(value.path("content"), what));
    }

    private String content(JsonNode content, String what) {
        if (!content.isArray()) {
            return text(content, what + " \"content\"");
        }
        StringBuilder text = new StringBuilder();
        for (JsonNode part : content) {
            String type = part.path("type").asString("text");
            if (!type.equals("text")) {
                throw error(what + " has content of type \"" + type + "\"; only text is supported");
            }
            text.append(text(part.has("text") ? part.path("text") : part.path("value"), what + " \"text\""));
        }
        return text.toString();
    }

    private static String standardRole(String role) {
        return switch (role) {
            case "human", "prompter" -> Message.USER;
            case "gpt", "chatgpt", "bot", "model" -> Message.ASSISTANT;
            default -> role;
        };
    }

    static String kind(JsonNode value) {
        return switch (value.getNodeType()) {
            case MISSING -> "missing";
            case NULL -> "null";
            case STRING -> "a string";
            case NUMBER -> "a number";
            case BOOLEAN -> "a boolean";
            case ARRAY -> "a list";
            case OBJECT -> "an object";
            default -> value.getNodeType().toString();
        };
    }
}
