package org.betatron.cli.recipe;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/// What to say about a word that is not known.
final class Suggestion {

    private Suggestion() {}

    /// @param word  what was given
    /// @param known what there is
    /// @return `did you mean X?` for a near miss, else the list of what there is
    static String of(String word, Collection<String> known) {
        return known.stream()
                .min(Comparator.comparingInt(candidate -> distance(word, candidate)))
                .filter(nearest -> distance(word, nearest) <= Math.max(2, word.length() / 3))
                .map(nearest -> "did you mean " + nearest + "?")
                .orElse("known keys are " + String.join(", ", known));
    }

    /// Levenshtein distance without regard to case.
    private static int distance(String left, String right) {
        String a = left.toLowerCase(Locale.ROOT);
        String b = right.toLowerCase(Locale.ROOT);
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substitution = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(substitution, 1 + Math.min(previous[j], current[j - 1]));
            }
            previous = current;
        }
        return previous[b.length()];
    }
}
