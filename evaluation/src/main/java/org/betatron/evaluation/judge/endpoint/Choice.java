package org.betatron.evaluation.judge.endpoint;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a judge said about two answers that it was shown as A and B.
enum Choice {
    A,
    B,
    TIE;

    private static final Pattern MARK = Pattern.compile("\\[\\[\\s*(a|b|c|tie)\\s*]]", Pattern.CASE_INSENSITIVE);
    private static final Pattern WORD =
            Pattern.compile("[\\s\\p{Punct}]*(a|b|c|tie)[\\s\\p{Punct}]*", Pattern.CASE_INSENSITIVE);

    /// Reads the last of the marks `[[A]]`, `[[B]]`, `[[tie]]`, because reasons may mention the
    /// others before; or a reply that is nothing but one of these words. `C` stands for a tie, as
    /// in the prompts of MT-Bench.
    ///
    /// @return empty if the reply holds no verdict
    static Optional<Choice> parse(String reply) {
        return MARK.matcher(reply)
                .results()
                .reduce((_, last) -> last)
                .or(() -> whole(reply))
                .map(match -> of(match.group(1).toUpperCase(Locale.ROOT)));
    }

    private static Optional<MatchResult> whole(String reply) {
        Matcher word = WORD.matcher(reply);
        return word.matches() ? Optional.of(word.toMatchResult()) : Optional.empty();
    }

    private static Choice of(String name) {
        return name.equals("C") ? TIE : valueOf(name);
    }
}
