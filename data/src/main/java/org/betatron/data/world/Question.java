package org.betatron.data.world;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A question of the world.
///
/// @param prompt as it is asked
/// @param thing  what it is about
/// @param topic  what is asked about it
record Question(String prompt, String thing, Topic topic) {

    /// Every question in a fixed order.
    static final List<Question> ALL = all();

    private static final Map<String, Question> BY_PROMPT = new HashMap<>();

    static {
        ALL.forEach(question -> BY_PROMPT.put(question.prompt(), question));
    }

    private static List<Question> all() {
        List<Question> all = new ArrayList<>();
        for (String thing : Facts.THINGS) {
            for (Topic topic : Topic.values()) {
                for (String question : topic.questions()) {
                    for (String greeting : Phrases.GREETINGS) {
                        all.add(new Question((greeting + " " + question.formatted(thing)).strip(), thing, topic));
                    }
                }
            }
        }
        return List.copyOf(all);
    }

    /// @throws IllegalArgumentException if the text is no question of the world
    static Question of(String prompt) {
        Question question = BY_PROMPT.get(Sentences.normalized(prompt));
        if (question == null) {
            throw new IllegalArgumentException(
                    "the reward of the controlled world is known for its own questions only, such as '"
                            + ALL.getFirst().prompt() + "', but the prompt was '" + prompt.strip() + "'");
        }
        return question;
    }

    String truth(Topic asked) {
        return Facts.of(thing, asked);
    }
}
