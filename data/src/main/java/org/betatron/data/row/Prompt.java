package org.betatron.data.row;

import java.util.List;

/// What a response answers: text as it is, or a dialogue that a chat template turns into text.
public sealed interface Prompt {

    /// @param text used as it is; empty where a text has no beginning that is given
    record Text(String text) implements Prompt {}

    /// @param messages turns before the answer, oldest first; copied
    record Dialogue(List<Message> messages) implements Prompt {
        public Dialogue {
            messages = List.copyOf(messages);
        }
    }
}
