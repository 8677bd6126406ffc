package org.betatron.data.world;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// Cuts any text into sentences of the world: lower case, one space between words and punctuation.
final class Sentences {

    private static final Pattern PUNCTUATION = Pattern.compile("\\s*([.,!?:;])\\s*");
    private static final Pattern SPACE = Pattern.compile("\\s+");

    private Sentences() {}

    static String normalized(String text) {
        String spaced = PUNCTUATION.matcher(text.toLowerCase(Locale.ROOT)).replaceAll(" $1 ");
        return SPACE.matcher(spaced).replaceAll(" ").strip();
    }

    /// @return the sentences with what ends them; the last may be cut off
    static List<String> of(String text) {
        List<String> sentences = new ArrayList<>();
        StringBuilder sentence = new StringBuilder();
        for (String word : normalized(text).split(" ")) {
            if (word.isEmpty()) {
                continue;
            }
            sentence.append(sentence.isEmpty() ? "" : " ").append(word);
            if (word.equals(".") || word.equals("!") || word.equals("?")) {
                sentences.add(sentence.toString());
                sentence.setLength(0);
            }
        }
        if (!sentence.isEmpty()) {
            sentences.add(sentence.toString());
        }
        return sentences;
    }

    /// @return words of a text, punctuation not counted
    static int numWords(String text) {
        int count = 0;
        for (String word : normalized(text).split(" ")) {
            if (!word.isEmpty() && Character.isLetterOrDigit(word.charAt(0))) {
                count++;
            }
        }
        return count;
    }
}
