package org.betatron.evaluation.reward.rule;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import org.betatron.evaluation.reward.RewardPrompt;
import org.betatron.evaluation.reward.WrittenText;

/// Whether an answer has a form: 1 if a regular expression of Java matches, 0 if not.
///
/// An answer on which the expression gives up (see [BoundedPattern]) is not scored.
public final class PatternRule implements Rule {

    private final BoundedPattern pattern;
    private final Match match;

    /// What has to match.
    public enum Match {
        /// Any part of the answer.
        FIND,
        /// All of it.
        WHOLE
    }

    /// @param expression of Java
    /// @param match      what has to match
    /// @throws IllegalArgumentException if it is no regular expression
    public PatternRule(String expression, Match match) {
        pattern = BoundedPattern.of("pattern", expression);
        this.match = match;
    }

    @Override
    public String identity() {
        return "pattern " + match.name().toLowerCase(Locale.ROOT) + " " + pattern;
    }

    @Override
    public double score(RewardPrompt prompt, WrittenText answer) {
        return pattern.ask(prompt.id(), answer.text(), matcher -> matches(matcher) ? 1 : 0);
    }

    private boolean matches(Matcher matcher) {
        return switch (match) {
            case FIND -> matcher.find();
            case WHOLE -> matcher.matches();
        };
    }

    @Override
    public List<String> account() {
        return pattern.account();
    }
}
