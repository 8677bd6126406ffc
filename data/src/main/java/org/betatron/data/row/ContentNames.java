package org.betatron.data.row;

import java.util.Locale;
import java.util.Set;

/// Names of fields that mean something that is said, wherever they stand: in a row or in a message.
///
/// Neither case nor what joins the words of a name matters.
public final class ContentNames {

    private static final Set<String> CONTENT = Set.of(
            "prompt",
            "instruction",
            "instructions",
            "input",
            "question",
            "query",
            "context",
            "contexts",
            "passage",
            "passages",
            "document",
            "documents",
            "preamble",
            "system",
            "systemprompt",
            "systemmessage",
            "systeminstruction",
            "systemmsg",
            "sysprompt",
            "history",
            "chathistory",
            "conversationhistory",
            "dialoghistory",
            "dialoguehistory",
            "messagehistory",
            "previousmessages",
            "previousturns",
            "messages",
            "conversation",
            "conversations",
            "dialog",
            "dialogue",
            "tools",
            "availabletools",
            "functions",
            "toolcalls",
            "functioncall",
            "functioncalls",
            "reasoningcontent");

    private static final Set<String> MEDIA =
            Set.of("image", "images", "imageurl", "imageurls", "audio", "audios", "video", "videos");

    private ContentNames() {}

    /// @return whether a field holds something that the model has to read
    public static boolean meanContent(String name) {
        return CONTENT.contains(plain(name));
    }

    /// @return whether a field holds what is no text
    public static boolean meanMedia(String name) {
        return MEDIA.contains(plain(name));
    }

    /// @return the name in small letters without what joins its words
    public static String plain(String name) {
        return name.replace("_", "")
                .replace("-", "")
                .replace(".", "")
                .replace(" ", "")
                .toLowerCase(Locale.ROOT);
    }
}
