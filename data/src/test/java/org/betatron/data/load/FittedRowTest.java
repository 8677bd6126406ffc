package org.betatron.data.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.betatron.data.tokenizer.TestTokenizers.ended;
import static org.betatron.data.tokenizer.TestTokenizers.ids;

import java.util.ArrayList;
import java.util.List;
import org.betatron.data.row.Truncation;
import org.betatron.data.row.Truncation.Keep;
import org.betatron.data.tokenizer.CharTokenizer;
import org.betatron.data.tokenizer.TextTokens;
import org.junit.jupiter.api.Test;

class FittedRowTest {

    private static FittedRow fit(String prompt, String start, String response, Truncation truncation) {
        TextTokens tokens = new TextTokens(new CharTokenizer(new ArrayList<>(), start));
        return FittedRow.fit(ids(prompt), List.of(ids(response)), tokens, truncation);
    }

    @Test
    void aRowThatFitsExactlyIsNotCut() {
        FittedRow row = fit("abcde", "", "12", Truncation.to(8, 2));
        assertThat(row.prompt()).isEqualTo(ids("abcde"));
        assertThat(row.responses().getFirst()).isEqualTo(ended("12"));
        assertThat(row.promptTokensCut()).isZero();
        assertThat(row.responseTokensCut()).containsExactly(0);
    }

    @Test
    void theStartTokenSurvivesACutOfThePrompt() {
        assertThat(fit("^abcdef", "^", "12", Truncation.to(8, 3)).prompt()).isEqualTo(ids("^ef"));
        assertThat(fit("^abcdef", "^", "12", new Truncation(8, 3, Keep.START, false))
                        .prompt())
                .isEqualTo(ids("^ab"));
    }

    @Test
    void aShortPromptLeavesItsRoomToTheResponse() {
        FittedRow row = fit("a", "", "123456789", Truncation.to(6, 3));
        assertThat(row.prompt()).isEqualTo(ids("a"));
        assertThat(row.responses().getFirst()).isEqualTo(ids("12345"));
        assertThat(row.responseTokensCut()).containsExactly(5);
    }

    @Test
    void aCutResponseEndsOnlyOnRequest() {
        Truncation ends = new Truncation(6, 3, Keep.END, true);
        FittedRow row = fit("a", "", "123456789", ends);
        assertThat(row.responses().getFirst()).isEqualTo(ended("1234"));
        assertThat(row.responseTokensCut()).containsExactly(5);
        // Only the end token does not fit: one character gives way to it.
        assertThat(fit("a", "", "12345", ends).responses().getFirst()).isEqualTo(ended("1234"));
        assertThat(fit("a", "", "12345", Truncation.to(6, 3)).responses().getFirst())
                .isEqualTo(ids("12345"));
    }

    @Test
    void aResponseIsNeverCutToNothing() {
        assertThat(fit("abc", "", "12", new Truncation(4, 3, Keep.END, true))
                        .responses()
                        .getFirst())
                .isEqualTo(ids("1"));
    }

    @Test
    void limitsAreChecked() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Truncation.to(1, 1))
                .withMessage("maxTokens must be at least 2 but was 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Truncation.to(8, 8))
                .withMessage("maxPromptTokens must be at least 1 and less than maxTokens (8) but was 8");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Truncation.to(8, 0))
                .withMessage("maxPromptTokens must be at least 1 and less than maxTokens (8) but was 0");
    }
}
