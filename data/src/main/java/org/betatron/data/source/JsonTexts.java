package org.betatron.data.source;

import java.util.Optional;

/// What is wrong with a text in JSON, in words of its own: a parser says only where it gave up.
final class JsonTexts {

    /// How far from the fault a parser may give up, bytes: behind what it has read ahead of an escape.
    private static final int NEAR = 6;

    private JsonTexts() {}

    /// @param json bytes of the document
    /// @param at   where the parser gave up
    /// @return what is wrong with the text there; empty if it gave up for another reason
    static Optional<String> problem(byte[] json, int at) {
        int begin = -1;
        for (int i = 0; i < json.length && i <= at + NEAR; i++) {
            if (begin < 0) {
                begin = json[i] == '"' ? i : -1;
            } else if (json[i] == '"') {
                begin = -1;
            } else if (json[i] == '\n' || json[i] == '\r') {
                return Optional.of(unended(json, begin));
            } else if (json[i] >= 0 && json[i] < ' ') {
                return near(
                        i,
                        at,
                        "the text that begins at column " + (begin + 1) + " holds a bare "
                                + (json[i] == '\t' ? "tab" : "control character") + ", which JSON writes as "
                                + (json[i] == '\t' ? "\\t" : "\\u%04x".formatted(json[i])));
            } else if (json[i] == '\\') {
                i++;
                if (i < json.length && "\"\\/bfnrtu".indexOf(json[i]) < 0) {
                    return near(
                            i,
                            at,
                            "the text that begins at column " + (begin + 1) + " holds " + shown(json, i)
                                    + ", which JSON does not know; a backslash that is meant is written twice");
                }
            }
        }
        boolean isAtEnd = begin >= 0 && at + NEAR >= json.length - 1;
        return isAtEnd ? Optional.of(unended(json, begin)) : Optional.empty();
    }

    private static String unended(byte[] json, int begin) {
        return "the text that begins at column " + (begin + 1) + ", " + JsonProblem.text(json, begin)
                + ", has no quotation mark that ends it on this line";
    }

    private static String shown(byte[] json, int i) {
        return json[i] > ' ' ? "\\" + (char) json[i] : "a backslash";
    }

    private static Optional<String> near(int i, int at, String problem) {
        return Math.abs(i - at) <= NEAR ? Optional.of(problem) : Optional.empty();
    }
}
