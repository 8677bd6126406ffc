package org.betatron.evaluation.reward.rule;

import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Texts that are one decimal number: `-1,234.50`, `1234.5`, `.5`, `1.2345e3`, with `$` before it
/// or a full stop behind it. Commas are between groups of three digits only.
final class NumberText {

    /// Bounded, so that no answer takes long.
    private static final Pattern NUMBER = Pattern.compile("([+-]?)\\$?([0-9]{1,400}|[0-9]{1,3}(?:,[0-9]{3}){1,100})?"
            + "(\\.[0-9]{1,400})?([eE][+-]?[0-9]{1,3})?\\.?");

    private NumberText() {}

    /// @param text without white space around it
    /// @return the number, if it is one
    static Optional<BigDecimal> of(String text) {
        Matcher matcher = NUMBER.matcher(text);
        if (!matcher.matches() || (matcher.group(2) == null && matcher.group(3) == null)) {
            return Optional.empty();
        }
        return Optional.of(new BigDecimal(orEmpty(matcher.group(1))
                + (matcher.group(2) == null ? "0" : matcher.group(2).replace(",", ""))
                + orEmpty(matcher.group(3))
                + orEmpty(matcher.group(4))));
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
