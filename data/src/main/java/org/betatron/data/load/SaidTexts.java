package org.betatron.data.load;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import org.betatron.data.row.Message;
import org.betatron.data.row.Prompt;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.io.JsonStringEncoder;
import tools.jackson.databind.json.JsonMapper;

/// Goes through the texts that a model has to read, and puts others in their place.
///
/// @param visitor meets every text
record SaidTexts(Visitor visitor) {

    private static final String THOUGHT_BEGINS = "<think>";
    private static final String THOUGHT_ENDS = "</think>";

    /// What is done with each text.
    interface Visitor {

        /// @param name field that it stands in; of a call of a function its name, the names of its
        ///     arguments and their values
        /// @param text not blank
        /// @return what stands in its place
        String required(String name, String text);

        /// What the assistant thought, which may be left out of earlier turns.
        String reasoning(String name, String text);

        /// @param key   of an argument, which says something by itself
        /// @param value of it
        /// @return what stands in the key's place
        String key(String name, String key, @Nullable Object value);

        /// @param number whole
        /// @return what stands in its place
        Number number(String name, Number number);
    }

    /// @return the message with what the visitor put in place of its texts
    Message in(Message message) {
        Message changed = message;
        for (Map.Entry<String, @Nullable Object> field : message.fields().entrySet()) {
            String name = field.getKey();
            Object value = field.getValue();
            Object now = switch (name) {
                case Message.CONTENT ->
                    value instanceof String text
                            ? content(text, message.role().equals(Message.ASSISTANT))
                            : named(name, value);
                case Message.TOOL_CALLS, Message.FUNCTION_CALL -> calls(name, value);
                default ->
                    Message.isThought(name)
                            ? leaves(name, value, visitor::reasoning)
                            : Message.isSaidBesideText(name) ? leaves(name, value, visitor::required) : value;
            };
            changed = Objects.equals(now, value) ? changed : changed.with(name, now);
        }
        return changed;
    }

    /// @param variables what a template may read beside messages: names and descriptions of tools
    ///     and of their parameters, and texts of documents, are met
    Map<String, @Nullable Object> in(Map<String, @Nullable Object> variables) {
        Map<String, @Nullable Object> changed = new LinkedHashMap<>(variables);
        changed.computeIfPresent(Prompt.Dialogue.TOOLS, this::descriptions);
        changed.computeIfPresent("documents", (name, value) -> leaves(name, value, visitor::required));
        return changed;
    }

    /// @return the text as JSON writes it, without quotes
    static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        JsonStringEncoder.getInstance().quoteAsString(text, escaped);
        return escaped.toString();
    }

    private String content(String text, boolean mayThink) {
        int end = mayThink ? text.lastIndexOf(THOUGHT_ENDS) : -1;
        if (end < 0) {
            return text(Message.CONTENT, text, visitor::required);
        }
        int begin = text.indexOf(THOUGHT_BEGINS);
        int from = begin < 0 || begin > end ? 0 : begin + THOUGHT_BEGINS.length();
        String said = text(Message.CONTENT, text.substring(end + THOUGHT_ENDS.length()), visitor::required);
        String thought = text("reasoning", text.substring(from, end), visitor::reasoning);
        return text.substring(0, from) + thought + THOUGHT_ENDS + said;
    }

    private @Nullable Object calls(String field, @Nullable Object calls) {
        return switch (calls) {
            case Iterable<?> list -> {
                List<@Nullable Object> changed = new ArrayList<>();
                list.forEach(call -> changed.add(calls(field + "[" + changed.size() + "]", call)));
                yield changed;
            }
            case Map<?, ?> call
            when call.get("function") instanceof Map<?, ?> function -> with(call, "function", calls(field, function));
            case Map<?, ?> function -> {
                Object name = leaves(field + ".name", function.get("name"), visitor::required);
                Map<?, ?> named = function.containsKey("name") ? with(function, "name", name) : function;
                yield named.containsKey("arguments")
                        ? with(named, "arguments", arguments(field + ".arguments", named.get("arguments")))
                        : named;
            }
            case null, default -> leaves(field, calls, visitor::required);
        };
    }

    /// Templates write arguments as they are or as JSON, so their parts are looked for.
    private @Nullable Object arguments(String name, @Nullable Object arguments) {
        if (!(arguments instanceof String text)) {
            return named(name, arguments);
        }
        Object parsed;
        try {
            parsed = JsonMapper.shared().readValue(text, Object.class);
        } catch (JacksonException _) {
            return named(name, text);
        }
        Object changed = named(name, parsed);
        return changed == null || changed.equals(parsed)
                ? text
                : JsonMapper.shared().writeValueAsString(changed);
    }

    /// Texts and whole numbers, and the names of what has them.
    private @Nullable Object named(String name, @Nullable Object value) {
        return switch (value) {
            case String text -> text(name, text, visitor::required);
            case Map<?, ?> map -> {
                Map<Object, @Nullable Object> changed = new LinkedHashMap<>();
                map.forEach((key, element) -> changed.put(
                        visitor.key("name of " + name + "." + key, String.valueOf(key), element),
                        named(name + "." + key, element)));
                yield changed;
            }
            case Iterable<?> list -> {
                List<@Nullable Object> changed = new ArrayList<>();
                list.forEach(element -> changed.add(named(name + "[" + changed.size() + "]", element)));
                yield changed;
            }
            case Integer number -> visitor.number(name, number);
            case Long number -> visitor.number(name, number);
            case null, default -> value;
        };
    }

    /// Texts, however deep they stand.
    private static @Nullable Object leaves(
            String name, @Nullable Object value, BiFunction<String, String, String> visit) {
        return switch (value) {
            case String text -> text(name, text, visit);
            case Map<?, ?> map -> {
                Map<Object, @Nullable Object> changed = new LinkedHashMap<>();
                map.forEach((key, element) -> changed.put(key, leaves(name + "." + key, element, visit)));
                yield changed;
            }
            case Iterable<?> list -> {
                List<@Nullable Object> changed = new ArrayList<>();
                list.forEach(element -> changed.add(leaves(name + "[" + changed.size() + "]", element, visit)));
                yield changed;
            }
            case null, default -> value;
        };
    }

    private @Nullable Object descriptions(String name, @Nullable Object value) {
        return switch (value) {
            case Map<?, ?> map -> {
                Map<Object, @Nullable Object> changed = new LinkedHashMap<>();
                map.forEach((key, element) -> changed.put(key, description(name, key, element)));
                yield changed;
            }
            case Iterable<?> list -> {
                List<@Nullable Object> changed = new ArrayList<>();
                list.forEach(element -> changed.add(descriptions(name + "[" + changed.size() + "]", element)));
                yield changed;
            }
            case null, default -> value;
        };
    }

    private @Nullable Object description(String name, Object key, @Nullable Object element) {
        if (element instanceof String text && (key.equals("name") || key.equals("description"))) {
            return text(name + "." + key, text, visitor::required);
        }
        if (!key.equals("properties") || !(element instanceof Map<?, ?> properties)) {
            return descriptions(name, element);
        }
        Map<Object, @Nullable Object> changed = new LinkedHashMap<>();
        properties.forEach((property, schema) -> {
            String place = name + "." + property;
            changed.put(text(place, String.valueOf(property), visitor::required), descriptions(place, schema));
        });
        return changed;
    }

    private static String text(String name, String text, BiFunction<String, String, String> visit) {
        return text.isBlank() ? text : visit.apply(name, text);
    }

    private static Map<?, ?> with(Map<?, ?> map, String key, @Nullable Object value) {
        Map<Object, @Nullable Object> changed = new LinkedHashMap<>(map);
        changed.put(key, value);
        return changed;
    }
}
