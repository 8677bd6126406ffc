package org.betatron.data.world;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a sentence says about a thing, true or not.
///
/// @param topic place, colour or owner
/// @param value which
record Statement(Topic topic, String value) {

    private static final String SUBJECT = "it";
    private static final Map<String, Statement> BY_SENTENCE = new HashMap<>();

    static {
        for (Topic topic : Topic.values()) {
            for (String value : topic.answers()) {
                BY_SENTENCE.put(topic.statement(SUBJECT, value), new Statement(topic, value));
            }
        }
    }

    /// @param thing what the answer is about: `it`, or named
    /// @return what the sentence states about it, or null
    static @Nullable Statement of(String sentence, String thing) {
        String named = "the " + thing + " ";
        return BY_SENTENCE.get(
                sentence.startsWith(named) ? SUBJECT + " " + sentence.substring(named.length()) : sentence);
    }
}
