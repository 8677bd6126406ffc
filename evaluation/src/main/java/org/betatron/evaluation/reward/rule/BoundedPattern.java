package org.betatron.evaluation.reward.rule;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/// A regular expression of Java that looks at no more than [#STEPS] characters for an answer.
///
/// Some expressions look at the same characters again and again, longer than any run lasts
/// (`a*a*a*a*a*b`). Looks are counted, not time, so the limit is the same on every machine. It
/// remembers the answers on which it gave up. For one thread at a time.
final class BoundedPattern {

    /// Ours: some tenths of a second.
    static final int STEPS = 10_000_000;

    private final Pattern pattern;
    private int numGivenUp;
    private String firstGivenUp = "";

    private BoundedPattern(Pattern pattern) {
        this.pattern = pattern;
    }

    /// @param name of the setting, for errors
    /// @throws IllegalArgumentException if it is no regular expression
    static BoundedPattern of(String name, String expression) {
        try {
            return new BoundedPattern(Pattern.compile(expression));
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    name + " must be a regular expression of Java but was '" + expression + "': " + e.getDescription()
                            + (e.getIndex() < 0 ? "" : " at character " + (e.getIndex() + 1)),
                    e);
        }
    }

    /// @param promptId whose answer the text is
    /// @param ask      what is asked of the matcher
    /// @return its result; NaN if it gave up
    double ask(String promptId, String text, ToDoubleFunction<Matcher> ask) {
        try {
            return ask.applyAsDouble(pattern.matcher(new CountedText(text)));
        } catch (TooManyLooks | StackOverflowError e) {
            firstGivenUp = numGivenUp == 0 ? promptId : firstGivenUp;
            numGivenUp++;
            return Double.NaN;
        }
    }

    /// @return the last match, its first group where it has one; null if there is none
    static @Nullable String last(Matcher matcher) {
        String last = null;
        int group = Math.min(1, matcher.groupCount());
        while (matcher.find()) {
            String found = matcher.group(group);
            last = found == null ? last : found;
        }
        return last;
    }

    /// @return a line if it gave up on an answer
    List<String> account() {
        List<String> lines = new ArrayList<>();
        if (numGivenUp > 0) {
            lines.add(
                    numGivenUp + " answers were not scored, the first to prompt \"" + firstGivenUp + "\": '"
                            + pattern + "' looked at " + STEPS
                            + " characters without an end, or went too deep; write it with fewer repetitions, or possessive ones (`a++`)");
        }
        return lines;
    }

    @Override
    public String toString() {
        return pattern.toString();
    }

    private static final class TooManyLooks extends RuntimeException {

        private static final long serialVersionUID = 1;

        TooManyLooks() {
            super("too many looks", null, false, false);
        }
    }

    /// Every look of a matcher at its text goes through `charAt`.
    private static final class CountedText implements CharSequence {

        private final String text;
        private int looks;

        CountedText(String text) {
            this.text = text;
        }

        @Override
        public char charAt(int index) {
            if (++looks > STEPS) {
                throw new TooManyLooks();
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.substring(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
