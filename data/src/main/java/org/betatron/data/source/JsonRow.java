package org.betatron.data.source;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.betatron.data.DataException;
import org.betatron.data.row.Message;
import org.betatron.data.row.RowPlace;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// One JSON object of an input file, with typed reads whose errors say where and what is required. It
/// remembers which fields were read. For one thread at a time.
public final class JsonRow {

    private final String file;
    private final int line;
    private final JsonNode node;
    private final Set<String> doubled;
    private final FieldMap map;
    private final Set<String> used;

    private JsonRow(String file, int line, JsonNode node, Set<String> doubled, FieldMap map, Set<String> used) {
        this.file = file;
        this.line = line;
        this.node = node;
        this.doubled = doubled;
        this.map = map;
        this.used = used;
    }

    /// @param utf8 one line, valid UTF-8
    /// @throws DataException if it is not one JSON object
    static JsonRow parse(String file, int line, byte[] utf8) {
        String where = file + ":" + line + ": ";
        try (JsonParser parser = JsonTree.JSON.createParser(utf8)) {
            parser.nextToken();
            JsonRow row = of(file, line, JsonTree.read(parser));
            if (parser.nextToken() != null) {
                throw new DataException(where + "a line must be one JSON object but more follows it"
                        + (parser.currentToken() == JsonToken.START_OBJECT
                                ? ": put each object on a line of its own"
                                : ""));
            }
            return row;
        } catch (JacksonException e) {
            throw new DataException(where + "every line must be one JSON object: " + JsonProblem.of(e, utf8), e);
        }
    }

    /// @param line on which the object begins, from 1
    /// @throws DataException if it is no object
    static JsonRow of(String file, int line, JsonTree tree) {
        if (!tree.node().isObject()) {
            throw new DataException(
                    file + ":" + line + ": every row must be a JSON object but was " + kind(tree.node()));
        }
        return new JsonRow(file, line, tree.node(), tree.doubled(), FieldMap.NONE, new LinkedHashSet<>());
    }

    /// @return the same row, whose fields are found where the map says, and else under their own names
    public JsonRow under(FieldMap further) {
        return new JsonRow(file, line, node, doubled, map.with(further), used);
    }

    /// @param names of outermost fields
    /// @return the same row without the others
    JsonRow only(Set<String> names) {
        ObjectNode chosen = JsonNodeFactory.instance.objectNode();
        node.properties().stream()
                .filter(field -> names.contains(field.getKey()))
                .forEach(field -> chosen.set(field.getKey(), field.getValue()));
        return new JsonRow(file, line, chosen, doubled, map, used);
    }

    /// @return line on which the object begins, from 1
    int line() {
        return line;
    }

    /// @return the object; reading it does not count as use of a field
    public JsonNode node() {
        return node;
    }

    /// @return a field of the object, which counts as used from here on; missing where there is none
    /// @throws DataException if it has a key twice
    public JsonNode use(String field) {
        String name = map.outermost(field, node);
        if (doubled.contains(name)) {
            throw error("\"" + name + "\" holds or is a key that occurs twice, and only one of them can be read");
        }
        used.add(name);
        return peek(field);
    }

    /// @return a field of the object without using it; missing where there is none
    public JsonNode peek(String field) {
        return map.find(field, node);
    }

    /// @return whether a field was given a place by name
    public boolean isMapped(String field) {
        return map.has(field);
    }

    /// @return where a field is found, as the file calls it
    public String nameOf(String field) {
        return map.path(field);
    }

    /// @return whether a field was used before
    public boolean isUsed(String field) {
        return used.contains(map.outermost(field, node));
    }

    /// @return names of the fields that nobody has used, but for empty ones
    public Set<String> unused() {
        Set<String> names = new LinkedHashSet<>(fields());
        names.removeAll(used);
        names.removeIf(name -> JsonValues.isEmpty(node.path(name)));
        return names;
    }

    /// @return names of all fields
    public Collection<String> fields() {
        return node.propertyNames();
    }

    /// @return where the object begins
    public RowPlace place() {
        return new RowPlace(file, line);
    }

    /// @return what is to be thrown because of this row, saying where it stands
    public DataException error(String message) {
        return new DataException(place() + ": " + message);
    }

    /// @return whether a field is there and not null
    public boolean has(String field) {
        JsonNode value = peek(field);
        return !value.isMissingNode() && !value.isNull();
    }

    /// @return the `id` field if it is text or a number, else `file:line`
    public String id() {
        JsonNode id = peek("id");
        if ((id.isString() && halfSurrogate(id.stringValue()) < 0) || id.isNumber()) {
            used.add(map.outermost("id", node));
            return id.asString();
        }
        return fallbackId();
    }

    /// @return `file:line` with the file's name alone, so that ids do not depend on where a file
    ///     lies
    private String fallbackId() {
        return file.substring(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1) + ":" + line;
    }

    /// @return the text of a field
    /// @throws DataException if it is missing, no string, holds half of a character, or is a list of messages in
    ///     the spelling of JSON or Python, which would be learned as it is written
    public String text(String field) {
        String text = text(use(field), quoted(field));
        if (MESSAGES.matcher(text).matches()) {
            throw error(quoted(field) + " is a list of messages that was written as text: make it a list again"
                    + (text.contains("'role'") || text.contains("'from'")
                            ? ", by writing the file as JSON rather than as CSV"
                            : " (jq -c '." + nameOf(field) + " |= fromjson' FILE)"));
        }
        return text;
    }

    /// The first message begins with one of its two fields and has the other.
    private static final Pattern MESSAGES = Pattern.compile(
            "\\s*\\[\\s*\\{\\s*(?:[\"']role[\"']\\s*:[^{}]*[\"']content[\"']|[\"']content[\"']\\s*:.*[\"']role[\"']"
                    + "|[\"']from[\"']\\s*:[^{}]*[\"']value[\"']|[\"']value[\"']\\s*:.*[\"']from[\"'])\\s*:.*\\}\\s*\\]\\s*",
            Pattern.DOTALL);

    private String quoted(String field) {
        return "\"" + nameOf(field) + "\"";
    }

    /// @return the text, or an empty one where the field is absent or null
    public String optionalText(String field) {
        return has(field) ? text(field) : "";
    }

    /// @param what the value is called in errors
    /// @return the text
    /// @throws DataException if it is no string, or holds half of a character
    public String text(JsonNode value, String what) {
        if (!value.isString()) {
            throw error(what + " must be a string but was " + kind(value));
        }
        String text = value.asString();
        int half = halfSurrogate(text);
        if (half >= 0) {
            throw error(what + " contains half of a surrogate pair (\\u" + Integer.toHexString(text.charAt(half))
                    + "), which is no character");
        }
        return text;
    }

    /// @return where half of a character stands, -1 if nowhere
    private static int halfSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isSurrogate(c)) {
                if (Character.isHighSurrogate(c)
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1))) {
                    i++;
                } else {
                    return i;
                }
            }
        }
        return -1;
    }

    /// @param pointers JSON pointers, tried in this order
    /// @return the first of the numbers that is present, null if none is
    /// @throws DataException if it is no number, or too large for one
    @Nullable
    public Double optionalNumber(String... pointers) {
        for (String pointer : pointers) {
            JsonNode value = at(pointer);
            if (!value.isMissingNode() && !value.isNull()) {
                return finite(value, pointer.substring(1).replace('/', '.'));
            }
        }
        return null;
    }

    /// @param pointers JSON pointers, tried in this order
    /// @return the first that is a finite number or a text that is one; null if none is: a score that cannot
    ///     be read is as good as none
    @Nullable
    public Double score(String... pointers) {
        for (String pointer : pointers) {
            Double number = JsonValues.number(at(pointer));
            if (number != null) {
                return number;
            }
        }
        return null;
    }

    private JsonNode at(String pointer) {
        if (map.has(pointer.substring(1))) {
            return use(pointer.substring(1));
        }
        JsonNode value = node.at(pointer);
        if (!value.isMissingNode()) {
            int end = pointer.indexOf('/', 1);
            use(pointer.substring(1, end < 0 ? pointer.length() : end));
        }
        return value;
    }

    /// @throws DataException if it is missing, no number, or too large for one
    public double number(String field) {
        return finite(use(field), field);
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

    /// Reads one message or a list of them.
    ///
    /// @throws DataException if it is neither, or a message has no role or text that is known
    public List<Message> messages(String field) {
        return new MessageReader(this).messages(use(field), quoted(field));
    }

    /// @return what a value is, as errors say it: `a string`, `missing`
    public static String kind(JsonNode value) {
        return switch (value.getNodeType()) {
            case MISSING -> "missing";
            case NULL -> "null";
            case STRING -> "a string";
            case NUMBER -> "a number";
            case BOOLEAN -> "a boolean";
            case ARRAY -> "a list";
            case OBJECT -> "an object";
            case BINARY -> "bytes";
            case POJO -> value.asString("a value that JSON does not have");
            default -> value.getNodeType().toString();
        };
    }
}
