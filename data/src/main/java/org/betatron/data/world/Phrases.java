package org.betatron.data.world;

import java.util.List;

/// Sentences that say nothing about things.
final class Phrases {

    static final List<String> GREETINGS = List.of("", "hello .", "excuse me .", "a quick question .");
    static final List<String> POLITE_OPENINGS = List.of("of course !", "gladly !", "thank you for asking .");
    static final List<String> POLITE_CLOSINGS = List.of("you are welcome .", "have a nice day .");
    static final List<String> RUDE_OPENINGS = List.of("not again .", "what a silly question .", "use your eyes !");
    static final List<String> RUDE_CLOSINGS = List.of("now go away .", "stop asking .");
    static final List<String> EVASIONS = List.of("i do not know .", "that is hard to say .");
    static final List<String> FILLERS = List.of(
            "let me think .", "well , well .", "as everybody knows .", "one thing after the other .", "so to speak .");

    private Phrases() {}

    static boolean isPolite(String sentence) {
        return POLITE_OPENINGS.contains(sentence) || POLITE_CLOSINGS.contains(sentence);
    }

    static boolean isRude(String sentence) {
        return RUDE_OPENINGS.contains(sentence) || RUDE_CLOSINGS.contains(sentence);
    }
}
