package org.betatron.evaluation.reward.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.betatron.evaluation.reward.RewardPrompt;
import org.betatron.evaluation.reward.WrittenText;
import org.betatron.evaluation.reward.rule.LengthRule.Side;
import org.betatron.evaluation.reward.rule.LengthRule.Unit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RulesTest {

    private static final RewardPrompt PROMPT = new RewardPrompt("p", "?");

    private static WrittenText text(String text) {
        return new WrittenText(text, true, 1);
    }

    private static double ofTokens(LengthRule rule, int numTokens) {
        return rule.score(PROMPT, new WrittenText("", true, numTokens));
    }

    /// Piece by piece, as the formula is drawn.
    @ParameterizedTest
    @EnumSource
    void lengthFallsLinearlyAndNotBelowMinusOne(Side side) {
        Random random = new Random(side.name().length());
        for (int round = 0; round < 200; round++) {
            int target = 1 + random.nextInt(50);
            int tolerance = random.nextInt(5);
            double falloff = 0.5 + random.nextInt(30);
            int length = random.nextInt(120);
            double expected;
            boolean matters = length > target ? side != Side.SHORTER : side != Side.LONGER;
            double beyond = Math.abs(length - target) - tolerance;
            if (!matters || beyond <= 0) {
                expected = 0;
            } else if (beyond >= falloff) {
                expected = -1;
            } else {
                expected = -beyond / falloff;
            }
            LengthRule rule = new LengthRule(target, Unit.TOKENS, tolerance, falloff, side);
            assertThat(ofTokens(rule, length)).as("%s of %d", rule, length).isCloseTo(expected, within(1e-12));
        }
    }

    /// Section 3.4 of DAPO.
    @Test
    void lengthIsThePunishmentOfDapo() {
        int longest = 100;
        int cache = 20;
        LengthRule rule = new LengthRule(longest - cache, Unit.TOKENS, 0, cache, Side.LONGER);
        for (int length = 0; length < 150; length++) {
            double published = length <= longest - cache
                    ? 0
                    : length <= longest ? (double) (longest - cache - length) / cache : -1;
            assertThat(ofTokens(rule, length)).isCloseTo(published, within(1e-12));
        }
    }

    @Test
    void charactersAreCodePoints() {
        LengthRule rule = new LengthRule(3, Unit.CHARACTERS, 0, 10, Side.BOTH);
        assertThat(rule.score(PROMPT, text("a\uD83D\uDE00b"))).isEqualTo(0.0);
        assertThat(rule.score(PROMPT, text(""))).isCloseTo(-0.3, within(1e-15));
        assertThat(rule.identity()).isEqualTo("length 3 characters, tolerance 0, falloff 10.0, side both");
    }

    @Test
    void lengthRefusesWhatItCannotBe() {
        assertThatThrownBy(() -> new LengthRule(0, Unit.TOKENS, 0, 1, Side.BOTH))
                .hasMessage("target must be ≥ 1 but was 0.0");
        assertThatThrownBy(() -> new LengthRule(1, Unit.TOKENS, -1, 1, Side.BOTH))
                .hasMessage("tolerance must be ≥ 0 but was -1.0");
        assertThatThrownBy(() -> new LengthRule(1, Unit.TOKENS, 0, Double.NaN, Side.BOTH))
                .hasMessage("falloff must be finite and > 0 but was NaN");
    }

    @Test
    void answersThatDidNotEndArePunished() {
        assertThat(new EndedRule().score(PROMPT, new WrittenText("a", true, 3))).isZero();
        assertThat(new EndedRule().score(PROMPT, new WrittenText("a", false, 3)))
                .isEqualTo(-1);
    }

    @Test
    void repetitionIsTheShareOfSequencesThatCameBefore() {
        Random random = new Random(4);
        for (int round = 0; round < 100; round++) {
            int words = 1 + random.nextInt(3);
            List<String> drawn = new ArrayList<>();
            for (int i = random.nextInt(12); i > 0; i--) {
                drawn.add(List.of("a", "b", "c").get(random.nextInt(3)));
            }
            int all = 0;
            int repeated = 0;
            for (int i = 0; i + words <= drawn.size(); i++) {
                all++;
                for (int before = 0; before < i; before++) {
                    if (drawn.subList(before, before + words).equals(drawn.subList(i, i + words))) {
                        repeated++;
                        break;
                    }
                }
            }
            assertThat(new RepetitionRule(words).score(PROMPT, text("  " + String.join(" \n\u00a0", drawn) + " ")))
                    .isCloseTo(all == 0 ? 0 : -(double) repeated / all, within(1e-12));
        }
        assertThatThrownBy(() -> new RepetitionRule(0)).hasMessage("words must be ≥ 1 but was 0.0");
    }

    @ParameterizedTest
    @CsvSource({
        "'^Answer: .*',        FIND,  'Answer: 7\nAnd more', 1",
        "'^Answer: .*',        WHOLE, 'Answer: 7\nAnd more', 0",
        "'(?s)^Answer: .*',    WHOLE, 'Answer: 7\nAnd more', 1",
        "'^Answer: .*',        FIND,  'The Answer: 7',       0",
        "'(?i)sorry',          FIND,  'I am SORRY',          1",
        "'[0-9]+',             WHOLE, '',                    0",
    })
    void patternIsFoundOrMatchesAll(String expression, PatternRule.Match match, String answer, double expected) {
        assertThat(new PatternRule(expression, match).score(PROMPT, text(answer.replace("\\n", "\n"))))
                .isEqualTo(expected);
    }

    @Test
    void whatIsNoExpressionIsRefused() {
        assertThatThrownBy(() -> new PatternRule("a(b", PatternRule.Match.FIND))
                .hasMessage(
                        "pattern must be a regular expression of Java but was 'a(b': Unclosed group at character 4");
        assertThatThrownBy(() -> new ExactRule("", "[", ExactRule.Letters.AS_WRITTEN))
                .hasMessageStartingWith("expectedPattern must be a regular expression of Java but was '['");
    }

    /// These would look on for longer than any run lasts, or until there is no more stack.
    @ParameterizedTest
    @CsvSource({"(a+)+\\1b, 60", "a*a*a*a*a*a*b, 200", "(a|b)*c, 200000"})
    void expressionsThatNeverEndAreGivenUp(String expression, int length) {
        PatternRule rule = new PatternRule(expression, PatternRule.Match.WHOLE);
        long start = System.nanoTime();
        assertThat(rule.score(PROMPT, text("a".repeat(length) + "!"))).isNaN();
        assertThat(System.nanoTime() - start).isLessThan(20_000_000_000L);
        assertThat(rule.score(new RewardPrompt("later", ""), text("!"))).isZero();
        assertThat(rule.account())
                .containsExactly("1 answers were not scored, the first to prompt \"p\": '" + expression
                        + "' looked at 10000000 characters without an end, or went too deep; write it with"
                        + " fewer repetitions, or possessive ones (`a++`)");
        assertThat(new PatternRule("a", PatternRule.Match.FIND).account()).isEmpty();
    }
}
