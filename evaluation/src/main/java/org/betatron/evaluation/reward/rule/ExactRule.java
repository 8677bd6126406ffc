package org.betatron.evaluation.reward.rule;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.betatron.evaluation.reward.RewardPrompt;
import org.betatron.evaluation.reward.WrittenText;
import org.jspecify.annotations.Nullable;

/// Whether an answer is the one that its row expects: 1 if it is, 0 if not.
///
/// What is compared is the whole text, or the last match of a regular expression in it (its first
/// group, where it has one). White space around it does not matter, any other counts as one space.
/// Where both sides are decimal numbers ([NumberText]), numbers are compared: `1,000` is `1000.0`.
/// An answer in which the expression finds nothing gets 0; one on which it gives up
/// ([BoundedPattern]) is not scored.
public final class ExactRule implements Rule {

    private static final Pattern SPACE = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);

    private final @Nullable BoundedPattern ofAnswer;
    private final @Nullable BoundedPattern ofExpected;
    private final Letters letters;

    /// Whether letters have to be equal.
    public enum Letters {
        AS_WRITTEN,
        IN_ANY_CASE
    }

    /// @param ofAnswer   regular expression of what is compared in an answer; empty for the whole
    ///     text
    /// @param ofExpected the same in the expected answer
    /// @throws IllegalArgumentException if one is no regular expression
    public ExactRule(String ofAnswer, String ofExpected, Letters letters) {
        this.ofAnswer = ofAnswer.isEmpty() ? null : BoundedPattern.of("pattern", ofAnswer);
        this.ofExpected = ofExpected.isEmpty() ? null : BoundedPattern.of("expectedPattern", ofExpected);
        this.letters = letters;
    }

    @Override
    public String identity() {
        return "exact"
                + (ofAnswer == null ? "" : " " + ofAnswer)
                + (ofExpected == null ? "" : ", expected " + ofExpected)
                + (letters == Letters.AS_WRITTEN ? "" : ", letters in any case");
    }

    @Override
    public void check(RewardPrompt prompt) {
        expected(prompt);
    }

    @Override
    public double score(RewardPrompt prompt, WrittenText answer) {
        String expected = expected(prompt);
        if (ofAnswer == null) {
            return isSame(answer.text(), expected) ? 1 : 0;
        }
        return ofAnswer.ask(prompt.id(), answer.text(), matcher -> {
            String found = BoundedPattern.last(matcher);
            return found != null && isSame(found, expected) ? 1 : 0;
        });
    }

    private String expected(RewardPrompt prompt) {
        String whole = prompt.expected()
                .orElseThrow(() ->
                        new IllegalArgumentException("the row has no expected answer, which exact compares with"));
        if (ofExpected == null) {
            return whole;
        }
        List<String> found = new ArrayList<>();
        ofExpected.ask(prompt.id(), whole, matcher -> {
            String last = BoundedPattern.last(matcher);
            if (last != null) {
                found.add(last);
            }
            return 0;
        });
        if (found.isEmpty()) {
            throw new IllegalArgumentException(
                    "expectedPattern '" + ofExpected + "' finds nothing in the expected answer '" + whole + "'");
        }
        return found.getFirst();
    }

    private boolean isSame(String answer, String expected) {
        String left = plain(answer);
        String right = plain(expected);
        if (left.equals(right)) {
            return true;
        }
        Optional<BigDecimal> number = NumberText.of(left);
        return number.isPresent()
                && NumberText.of(right)
                        .map(other -> other.compareTo(number.get()) == 0)
                        .orElse(false);
    }

    private String plain(String text) {
        String spaced = SPACE.matcher(text).replaceAll(" ").strip();
        return letters == Letters.AS_WRITTEN ? spaced : spaced.toLowerCase(Locale.ROOT);
    }

    @Override
    public List<String> account() {
        List<String> lines = new ArrayList<>();
        if (ofAnswer != null) {
            lines.addAll(ofAnswer.account());
        }
        return lines;
    }
}
