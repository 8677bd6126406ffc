package org.betatron.data.load;

import java.util.LinkedHashMap;
import java.util.Map;
import org.betatron.data.row.Message;
import org.betatron.data.row.Prompt;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.io.JsonStringEncoder;
import tools.jackson.databind.json.JsonMapper;

/// The texts of a message that a model has to read.
///
/// @param required  by the field they stand in; of a call of a function its name, the names of its
///     arguments and their values
/// @param reasoning what the assistant thought, by the field it stands in
record SaidTexts(Map<String, String> required, Map<String, String> reasoning) {

    private static final String THOUGHT_BEGINS = "<think>";
    private static final String THOUGHT_ENDS = "</think>";

    static SaidTexts of(Message message) {
        Map<String, String> required = new LinkedHashMap<>();
        Map<String, String> reasoning = new LinkedHashMap<>();
        Object content = message.fields().get(Message.CONTENT);
        if (content instanceof String text) {
            int end = message.role().equals(Message.ASSISTANT) ? text.lastIndexOf(THOUGHT_ENDS) : -1;
            put(Message.CONTENT, end < 0 ? text : text.substring(end + THOUGHT_ENDS.length()), required);
            if (end >= 0) {
                int begin = text.indexOf(THOUGHT_BEGINS);
                put(
                        "reasoning",
                        text.substring(begin < 0 || begin > end ? 0 : begin + THOUGHT_BEGINS.length(), end),
                        reasoning);
            }
        } else {
            putNamed(Message.CONTENT, content, required);
        }
        for (String field : Message.SAID) {
            Object value = message.fields().get(field);
            switch (field) {
                case Message.TOOL_CALLS, Message.FUNCTION_CALL -> putCalls(field, value, required);
                default -> putLeaves(field, value, reasoning);
            }
        }
        return new SaidTexts(required, reasoning);
    }

    /// @param variables what a template may read beside messages
    /// @return names and descriptions of tools and of their parameters, texts of documents
    static Map<String, String> ofVariables(Map<String, @Nullable Object> variables) {
        Map<String, String> texts = new LinkedHashMap<>();
        putDescriptions(Prompt.Dialogue.TOOLS, variables.get(Prompt.Dialogue.TOOLS), texts);
        putLeaves("documents", variables.get("documents"), texts);
        return texts;
    }

    /// @return the text as JSON writes it, without quotes
    static String escaped(String text) {
        StringBuilder escaped = new StringBuilder();
        JsonStringEncoder.getInstance().quoteAsString(text, escaped);
        return escaped.toString();
    }

    private static void putCalls(String field, @Nullable Object calls, Map<String, String> texts) {
        switch (calls) {
            case Iterable<?> list -> {
                int number = 0;
                for (Object call : list) {
                    putCalls(field + "[" + number++ + "]", call, texts);
                }
            }
            case Map<?, ?> call
            when call.get("function") instanceof Map<?, ?> function -> putCalls(field, function, texts);
            case Map<?, ?> function -> {
                putLeaves(field + ".name", function.get("name"), texts);
                Object arguments = function.get("arguments");
                putNamed(field + ".arguments", arguments instanceof String text ? parsed(text) : arguments, texts);
            }
            case null, default -> putLeaves(field, calls, texts);
        }
    }

    /// Templates write arguments as they are or as JSON, so their parts are looked for.
    private static @Nullable Object parsed(String arguments) {
        try {
            return JsonMapper.shared().readValue(arguments, Object.class);
        } catch (JacksonException _) {
            return arguments;
        }
    }

    /// Texts and whole numbers, and the names of what has them.
    private static void putNamed(String name, @Nullable Object value, Map<String, String> texts) {
        switch (value) {
            case null -> {}
            case String text -> put(name, text, texts);
            case Map<?, ?> map ->
                map.forEach((key, element) -> {
                    put("name of " + name + "." + key, String.valueOf(key), texts);
                    putNamed(name + "." + key, element, texts);
                });
            case Iterable<?> list -> {
                int number = 0;
                for (Object element : list) {
                    putNamed(name + "[" + number++ + "]", element, texts);
                }
            }
            case Integer number -> put(name, number.toString(), texts);
            default -> {}
        }
    }

    /// Texts, however deep they stand.
    private static void putLeaves(String name, @Nullable Object value, Map<String, String> texts) {
        switch (value) {
            case String text -> put(name, text, texts);
            case Map<?, ?> map -> map.forEach((key, element) -> putLeaves(name + "." + key, element, texts));
            case Iterable<?> list -> {
                int number = 0;
                for (Object element : list) {
                    putLeaves(name + "[" + number++ + "]", element, texts);
                }
            }
            case null, default -> {}
        }
    }

    private static void putDescriptions(String name, @Nullable Object value, Map<String, String> texts) {
        switch (value) {
            case Map<?, ?> map ->
                map.forEach((key, element) -> {
                    boolean isText = element instanceof String && (key.equals("name") || key.equals("description"));
                    if (isText) {
                        put(name + "." + key, String.valueOf(element), texts);
                    } else if (key.equals("properties") && element instanceof Map<?, ?> properties) {
                        properties.forEach((property, schema) -> {
                            put(name + "." + property, String.valueOf(property), texts);
                            putDescriptions(name + "." + property, schema, texts);
                        });
                    } else {
                        putDescriptions(name, element, texts);
                    }
                });
            case Iterable<?> list -> {
                int number = 0;
                for (Object element : list) {
                    putDescriptions(name + "[" + number++ + "]", element, texts);
                }
            }
            case null, default -> {}
        }
    }

    private static void put(String name, String text, Map<String, String> texts) {
        if (!text.isBlank()) {
            texts.put(name, text);
        }
    }
}
