package org.betatron.data.world;

import java.util.List;

/// What can be asked about a thing. `%s` stands for the thing in questions, for what is said of it in
/// statements.
@SuppressWarnings("ImmutableEnumChecker") // the lists are made by List.of
enum Topic {
    PLACE(
            List.of("where is the %s ?", "where can i find the %s ?", "do you know where the %s is ?"),
            "is %s .",
            List.of(
                    "in the kitchen",
                    "under the bed",
                    "on the table",
                    "by the door",
                    "in the garden",
                    "behind the sofa",
                    "on the roof",
                    "in the cellar")),
    COLOUR(
            List.of(
                    "what colour is the %s ?",
                    "which colour does the %s have ?", "can you tell me the colour of the %s ?"),
            "is %s .",
            List.of("red", "blue", "green", "black", "white", "yellow", "brown", "grey")),
    OWNER(
            List.of("who owns the %s ?", "to whom does the %s belong ?", "do you know who owns the %s ?"),
            "belongs to %s .",
            List.of("anna", "ben", "clara", "david", "emma", "frank", "greta", "henry"));

    private final List<String> questions;
    private final String predicate;
    private final List<String> answers;

    Topic(List<String> questions, String predicate, List<String> answers) {
        this.questions = questions;
        this.predicate = predicate;
        this.answers = answers;
    }

    List<String> questions() {
        return questions;
    }

    List<String> answers() {
        return answers;
    }

    /// @param subject `it` or `the kettle`
    String statement(String subject, String value) {
        return subject + " " + predicate.formatted(value);
    }
}
