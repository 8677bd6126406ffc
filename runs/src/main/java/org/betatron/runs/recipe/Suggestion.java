package org.betatron.runs.recipe;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.betatron.core.EditDistance;

/// What to say about a word that is not known.
final class Suggestion {

    /// Longer lists are not read.
    private static final int MOST_LISTED = 10;

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

    /// @param known what there is
    /// @param word  what was given, which is not among it
    /// @return `one of A, B but was 'C'`; of many, those that are near
    static String oneOf(Collection<String> known, String word) {
        if (known.size() <= MOST_LISTED) {
            return "one of " + String.join(", ", known) + " but was '" + word + "'";
        }
        List<String> near = known.stream()
                .filter(candidate -> distance(word, candidate) <= 3 || candidate.contains(word))
                .sorted(Comparator.comparingInt(candidate -> distance(word, candidate)))
                .limit(3)
                .toList();
        return "one of the " + known.size() + " that `betatron objective list` shows but was '" + word + "'"
                + (near.isEmpty() || word.isEmpty() ? "" : "; did you mean " + String.join(" or ", near) + "?");
    }

    /// Without regard to case.
    private static int distance(String left, String right) {
        return EditDistance.of(left.toLowerCase(Locale.ROOT), right.toLowerCase(Locale.ROOT));
    }
}
