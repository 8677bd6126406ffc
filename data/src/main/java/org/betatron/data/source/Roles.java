package org.betatron.data.source;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.betatron.data.row.Message;
import org.jspecify.annotations.Nullable;

/// The names that files give to those who speak, and what chat templates call them. Case does not
/// matter, neither do `-` and spaces in place of `_`.
final class Roles {

    /// A turn of the assistant that is a call of a function, as JSON in place of a text.
    static final String CALL = "function_call";

    private static final Map<String, List<String>> NAMES = Map.of(
            Message.SYSTEM,
            List.of("system"),
            "developer",
            List.of("developer"),
            Message.USER,
            List.of("user", "human", "prompter"),
            Message.ASSISTANT,
            List.of("assistant", "gpt", "chatgpt", "bot", "chatbot", "bing", "bard", "model", "ai"),
            Message.TOOL,
            List.of(
                    "tool",
                    "observation",
                    "function",
                    "tool_response",
                    "tool_result",
                    "function_response",
                    "function_result",
                    "ipython"),
            CALL,
            List.of("function_call", "tool_call", "tool_calls"));

    private static final Map<String, String> BY_NAME = new HashMap<>();

    static {
        NAMES.forEach((role, names) -> names.forEach(name -> BY_NAME.put(name, role)));
    }

    private Roles() {}

    /// @return what templates call the speaker, or [#CALL]; null for a name that is not known
    static @Nullable String of(String name) {
        return BY_NAME.get(
                name.strip().toLowerCase(Locale.ROOT).replace('-', '_').replace(' ', '_'));
    }

    /// @return every name that is known, for errors
    static String known() {
        return "system, developer, user (human), assistant (gpt, model), tool (observation), function_call (tool_call)";
    }
}
