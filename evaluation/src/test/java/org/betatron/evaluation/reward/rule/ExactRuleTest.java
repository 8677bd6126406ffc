package org.betatron.evaluation.reward.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import org.betatron.evaluation.reward.RewardPlan;
import org.betatron.evaluation.reward.RewardPrompt;
import org.betatron.evaluation.reward.WrittenText;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExactRuleTest {

    private static final ExactRule WHOLE = new ExactRule("", "", ExactRule.Letters.AS_WRITTEN);

    private static double score(ExactRule rule, String expected, String answer) {
        return rule.score(new RewardPrompt("p", "?", Optional.of(expected)), new WrittenText(answer, true, 1));
    }

    @ParameterizedTest
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "Paris,' Paris\n',1",
                "New York,New  \tYork,1",
                "Paris,paris,0",
                "Paris,Paris.,0",
                "7,7.0,1",
                "7,'$7.',1",
                "'1,000',1000.00,1",
                "'1,00',100,0",
                "100,1e2,1",
                "-0.5,-.5,1",
                "7,-7,0",
                "0.1,0.10000000000000001,0",
                "7,seven,0",
                "7,,0",
                "7,7 8,0",
                "'.',.,1",
                "1e999,1e9999,0",
            })
    void wholeTexts(String expected, String answer, double score) {
        String given = answer == null ? "" : answer.replace("\\n", "\n").replace("\\t", "\t");
        assertThat(score(WHOLE, expected, given)).isEqualTo(score);
    }

    @Test
    void equalNumbersAreEqualHoweverTheyAreWritten() {
        Random random = new Random(3);
        for (int round = 0; round < 300; round++) {
            BigDecimal left = BigDecimal.valueOf(random.nextInt(4_000_001) - 2_000_000, random.nextInt(4));
            BigDecimal right = random.nextBoolean() ? left : left.add(BigDecimal.valueOf(random.nextInt(3) - 1, 3));
            String written = switch (random.nextInt(3)) {
                case 0 -> right.toPlainString();
                case 1 -> right.setScale(6).toPlainString();
                default -> String.format(Locale.ROOT, "%,.3f", right);
            };
            assertThat(score(WHOLE, left.toPlainString(), written))
                    .as("%s and %s", left, written)
                    .isEqualTo(left.subtract(right).signum() == 0 ? 1 : 0);
        }
    }

    @Test
    void theLastMatchCounts() {
        ExactRule rule = new ExactRule("####\\s*(\\S+)", "#### (.*)", ExactRule.Letters.AS_WRITTEN);
        String expected = "He has 3 + 4 = 7.\n#### 7";
        assertThat(score(rule, expected, "#### 5\nno:\n#### 7")).isEqualTo(1);
        assertThat(score(rule, expected, "#### 7\nno:\n#### 5")).isZero();
        assertThat(score(rule, expected, "7")).isZero();
        // Without a group, the match itself.
        ExactRule number = new ExactRule("[0-9]+", "", ExactRule.Letters.AS_WRITTEN);
        assertThat(score(number, "12", "of 3 times 4 is 12")).isEqualTo(1);
        // A group that took no part is no match.
        ExactRule either = new ExactRule("x|y(.)", "", ExactRule.Letters.AS_WRITTEN);
        assertThat(score(either, "a", "ya x")).isEqualTo(1);
    }

    @Test
    void lettersMayBeOfAnyCase() {
        ExactRule rule = new ExactRule("", "", ExactRule.Letters.IN_ANY_CASE);
        assertThat(score(rule, "Yes", "YES")).isEqualTo(1);
        assertThat(rule.identity()).isEqualTo("exact, letters in any case");
    }

    @Test
    void rowsWithoutAnExpectedAnswerAreRefusedByName() {
        RewardPrompt known = new RewardPrompt("a", "?", Optional.of("x"));
        RewardPrompt unknown = new RewardPrompt("b", "?");
        assertThatThrownBy(() -> WHOLE.source().check(new RewardPlan(List.of(known, unknown), 1, 1, 1)))
                .hasMessage("prompt \"b\": the row has no expected answer, which exact compares with");
        ExactRule picky = new ExactRule("", "#### (.*)", ExactRule.Letters.AS_WRITTEN);
        assertThatThrownBy(() -> picky.source().check(new RewardPlan(List.of(known), 1, 1, 1)))
                .hasMessage("prompt \"a\": expectedPattern '#### (.*)' finds nothing in the expected answer 'x'");
    }

    @Test
    void anExpressionThatNeverEndsLeavesTheAnswerWithoutAScore() {
        ExactRule rule = new ExactRule("(a+)+\\1b", "", ExactRule.Letters.AS_WRITTEN);
        assertThat(score(rule, "x", "a".repeat(60))).isNaN();
        assertThat(rule.account()).hasSize(1);
        // Numbers of an answer are bounded as well.
        assertThat(score(WHOLE, "7", "1".repeat(1_000_000))).isZero();
    }
}
