package org.betatron.data.row;

/// One turn of a dialogue.
///
/// @param role    who speaks, in the words of chat templates: `system`, `user`, `assistant`, `tool`
/// @param content what is said
public record Message(String role, String content) {

    public static final String USER = "user";
    public static final String ASSISTANT = "assistant";
    public static final String SYSTEM = "system";

    public static Message user(String content) {
        return new Message(USER, content);
    }

    public static Message assistant(String content) {
        return new Message(ASSISTANT, content);
    }

    public static Message system(String content) {
        return new Message(SYSTEM, content);
    }
}
