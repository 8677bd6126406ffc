package org.betatron.evaluation.judge.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChoiceTest {

    @ParameterizedTest
    @CsvSource({
        "'A is vague. [[B]]', B",
        "'[[A]] would be wrong, so [[ tie ]]', TIE",
        "'[[b]] at first sight\n[[A]]', A",
        "'[[C]]', TIE",
        "'A', A",
        "'[A]', A",
        "' \n**Tie**.\n', TIE",
        "'\"B\"', B"
    })
    void lastMarkCounts(String reply, Choice expected) {
        assertThat(Choice.parse(reply)).contains(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "A or B, who knows", "[[D]]", "I cannot judge this.", "AB", "a b"})
    void otherTextIsNoVerdict(String reply) {
        assertThat(Choice.parse(reply)).isEmpty();
    }

    @Test
    void templateIsFilledOnce() {
        JudgeTemplate template = new JudgeTemplate("{prompt}|{answer_a}|{answer_b}|{other}");
        // Texts that look like places or like groups of a regular expression stay what they are.
        assertThat(template.render("{answer_b}", "$1 \\ {prompt}", "b"))
                .isEqualTo("{answer_b}|$1 \\ {prompt}|b|{other}");
        assertThatThrownBy(() -> new JudgeTemplate("{prompt} {answer_a}"))
                .hasMessage("the judge's template must contain {answer_b} where these texts belong");
    }

    @Test
    void retryAfterIsSecondsOrADate() {
        Instant now = Instant.parse("2026-11-23T12:00:00Z");
        assertThat(RetryAfter.parse(" 7 ", now)).contains(Duration.ofSeconds(7));
        assertThat(RetryAfter.parse("Mon, 23 Nov 2026 12:01:30 GMT", now)).contains(Duration.ofSeconds(90));
        assertThat(RetryAfter.parse("Mon, 23 Nov 2026 11:00:00 GMT", now)).contains(Duration.ZERO);
        assertThat(RetryAfter.parse("soon", now)).isEmpty();
        assertThat(RetryAfter.parse("-1", now)).isEmpty();
    }
}
