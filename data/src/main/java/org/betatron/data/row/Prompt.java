package org.betatron.data.row;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a response answers: text as it is, or a dialogue that a chat template turns into text.
public sealed interface Prompt {

    /// @param text used as it is; empty where a text has no beginning that is given
    record Text(String text) implements Prompt {}

    /// @param messages  turns before the answer, oldest first; copied
    /// @param variables what else the template may read, by name: `tools` (a list), `documents`, and
    ///     whatever a row gives under `chat_template_kwargs`; copied
    record Dialogue(List<Message> messages, Map<String, @Nullable Object> variables) implements Prompt {

        /// The variable that holds descriptions of functions.
        public static final String TOOLS = "tools";

        public Dialogue {
            messages = List.copyOf(messages);
            variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
        }

        /// Turns alone.
        public Dialogue(List<Message> messages) {
            this(messages, Map.of());
        }

        /// @return the dialogue with one more turn
        public Dialogue followedBy(Message message) {
            List<Message> whole = new ArrayList<>(messages);
            whole.add(message);
            return new Dialogue(whole, variables);
        }
    }
}
