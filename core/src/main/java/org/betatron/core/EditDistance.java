package org.betatron.core;

import java.util.stream.IntStream;

/// How far two words, or two sequences of tokens, are apart.
public final class EditDistance {

    private EditDistance() {}

    /// @return fewest characters to change, to add or to leave out, to make one of the other (Levenshtein)
    public static int of(String left, String right) {
        return of(left.chars().toArray(), right.chars().toArray());
    }

    /// @return fewest elements to change, to add or to leave out, to make one of the other
    public static int of(int[] left, int[] right) {
        int[] previous = IntStream.rangeClosed(0, right.length).toArray();
        for (int i = 1; i <= left.length; i++) {
            int[] current = new int[right.length + 1];
            current[0] = i;
            for (int j = 1; j <= right.length; j++) {
                int replaced = previous[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
                current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
            }
            previous = current;
        }
        return previous[right.length];
    }
}
