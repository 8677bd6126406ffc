package org.betatron.evaluation.judge.endpoint;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What a judge said about two answers that it was shown as A and B.
enum Choice {
    A,
    B,
    TIE;

    private static final String THOUGHT_END = "</think>";
    private static final Pattern MARK = Pattern.compile("\\[\\[\\s*(a|b|c|tie)\\s*]]", Pattern.CASE_INSENSITIVE);
    private static final Pattern WORD =
            Pattern.compile("[\\s\\p{Punct}]*(a|b|c|tie)[\\s\\p{Punct}]*", Pattern.CASE_INSENSITIVE);

    /// Reads the marks `[[A]]`, `[[B]]`, `[[tie]]`: the one that a reply has, or, where it has several that
    /// differ, the one on its last line, because reasons may mention the others before. A reply that is nothing
    /// but one of these words counts, too. `C` stands for a tie, as in the prompts of MT-Bench. What a reasoning
    /// model thinks before `</think>` is not looked at.
    ///
    /// @param reply   what the judge wrote
    /// @param quoting whether a text that it judged has a mark; then marks that differ are no
    ///     verdict, wherever they stand, for one may be a quotation
    /// @return empty if the reply holds no verdict
    static Optional<Choice> parse(String reply, boolean quoting) {
        String said = withoutThought(reply).strip();
        Set<Choice> named = marks(said);
        if (named.isEmpty()) {
            return whole(said).map(match -> of(match.group(1)));
        }
        if (named.size() > 1 && !quoting) {
            named = marks(said.substring(said.lastIndexOf('\n') + 1));
        }
        return named.size() == 1 ? Optional.of(named.iterator().next()) : Optional.empty();
    }

    /// @return whether a judge that quotes the text would write a mark
    static boolean isIn(String text) {
        return MARK.matcher(text).find();
    }

    /// @return the text with its marks written so that they are none: `[[A]]` as `[\[A]\]`
    static String disarmed(String text) {
        return MARK.matcher(text).replaceAll("[\\\\[$1]\\\\]");
    }

    private static String withoutThought(String reply) {
        int end = reply.lastIndexOf(THOUGHT_END);
        return end < 0 ? reply : reply.substring(end + THOUGHT_END.length());
    }

    private static Set<Choice> marks(String text) {
        return MARK.matcher(text).results().map(match -> of(match.group(1))).collect(Collectors.toSet());
    }

    private static Optional<MatchResult> whole(String reply) {
        Matcher word = WORD.matcher(reply);
        return word.matches() ? Optional.of(word.toMatchResult()) : Optional.empty();
    }

    private static Choice of(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        return upper.equals("C") ? TIE : valueOf(upper);
    }
}
