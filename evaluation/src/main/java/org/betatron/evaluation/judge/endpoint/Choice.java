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

    private static final String THOUGHT_BEGIN = "<think>";
    private static final String THOUGHT_END = "</think>";
    private static final Pattern MARK = Pattern.compile("\\[\\[\\s*(a|b|c|tie)\\s*]]", Pattern.CASE_INSENSITIVE);

    /// What a reader takes for a mark, though it is written otherwise: wide brackets, letters that
    /// look alike, and what is not seen or means nothing in Markdown in between.
    private static final String GAP = "[\\s\\p{Cf}\\\\*_`]*";

    private static final String OPEN = "[\\[\uff3b]";
    private static final String CLOSE = "[\\]\uff3d]";
    private static final Pattern LIKE_MARK = Pattern.compile(
            OPEN + GAP + OPEN + GAP + "([a\u0430\uff41b\u0432\uff42c\u0441\uff43]|tie)" + GAP + CLOSE + GAP + CLOSE,
            Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);

    private static final Pattern LIKE_THOUGHT_END =
            Pattern.compile("<" + GAP + "/" + GAP + "think\\b", Pattern.CASE_INSENSITIVE);
    private static final Pattern OWN_LINE = Pattern.compile(
            "(?m)^[ \\t*_`#]*+(?:(?:my |the )?(?:final )?verdict)?[ \\t*_`:]*+\\[\\[\\s*(?:a|b|c|tie)\\s*]][ \\t*_`.]*+$",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern WORD =
            Pattern.compile("[\\s\\p{Punct}]*(a|b|c|tie)[\\s\\p{Punct}]*", Pattern.CASE_INSENSITIVE);

    /// Reads the marks `[[A]]`, `[[B]]`, `[[tie]]`: the one that a reply has, or, where it has
    /// several that differ, the one on its last line, because reasons may mention the others
    /// before. A reply that is nothing but one of these words counts, too. `C` stands for a tie, as
    /// in the prompts of MT-Bench. What a reasoning model thinks before `</think>` is not looked
    /// at.
    ///
    /// @param reply   what the judge wrote
    /// @param quoting whether a text that it judged has a mark or the end of a thought; then marks
    ///     that differ are no verdict, wherever they stand, for one may be a quotation, and one
    ///     must stand on a line of its own
    /// @return empty if the reply holds no verdict
    static Optional<Choice> parse(String reply, boolean quoting) {
        if (quoting) {
            return parseQuoting(reply.strip());
        }
        String said = withoutThought(reply).strip();
        Set<Choice> named = marks(said);
        if (named.isEmpty()) {
            return whole(said).map(match -> of(match.group(1)));
        }
        if (named.size() > 1) {
            named = marks(said.substring(said.lastIndexOf('\n') + 1));
        }
        return named.size() == 1 ? Optional.of(named.iterator().next()) : Optional.empty();
    }

    /// The end of a thought counts only where the reply began one: elsewhere it may be a quotation,
    /// too.
    private static Optional<Choice> parseQuoting(String reply) {
        int end = reply.startsWith(THOUGHT_BEGIN) ? reply.indexOf(THOUGHT_END) : -1;
        String said = end < 0 ? reply : reply.substring(end + THOUGHT_END.length());
        Set<Choice> named = marks(said);
        if (named.isEmpty()) {
            return whole(said).map(match -> of(match.group(1)));
        }
        return named.size() == 1 && OWN_LINE.matcher(said).find()
                ? Optional.of(named.iterator().next())
                : Optional.empty();
    }

    /// @return whether a judge that quotes the text may write a mark, or what ends a thought
    static boolean isIn(String text) {
        return LIKE_MARK.matcher(text).find() || LIKE_THOUGHT_END.matcher(text).find();
    }

    /// @return the text with its marks written so that they are none: `[[A]]` as `[\[A]\]`
    static String disarmed(String text) {
        return LIKE_MARK.matcher(text).replaceAll("[\\\\[$1]\\\\]");
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
