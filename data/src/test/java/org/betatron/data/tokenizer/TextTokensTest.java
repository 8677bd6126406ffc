package org.betatron.data.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.betatron.data.tokenizer.TestTokenizers.ended;
import static org.betatron.data.tokenizer.TestTokenizers.ids;

import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class TextTokensTest {

    private static TextTokens tokens(String start) {
        return new TextTokens(new CharTokenizer(new ArrayList<>(), start));
    }

    @Test
    void startTokensStandBeforeAPromptOnce() {
        assertThat(tokens("^>").prompt("a")).isEqualTo(ids("^>a"));
        assertThat(tokens("^>").prompt("^>a")).isEqualTo(ids("^>a"));
        assertThat(tokens("^>").prompt("^a")).isEqualTo(ids("^>^a"));
        assertThat(tokens("").prompt("a")).isEqualTo(ids("a"));
    }

    @Test
    void anEmptyPromptIsTheStartTokensOrTheEndToken() {
        assertThat(tokens("^").prompt("")).isEqualTo(ids("^"));
        assertThat(tokens("").prompt("")).containsExactly(CharTokenizer.END);
        assertThat(tokens("").start()).containsExactly(CharTokenizer.END);
    }

    /// Whoever scores an answer that a chat template ended sees the tokens that training saw.
    @Test
    void anAnswerEndsOnceHoweverItsTextEnds() {
        for (String text : new String[] {"a b", "a b$", "a b$\n", "a b$ $\n\n"}) {
            assertThat(tokens("^").answer(text)).as(text).isEqualTo(ids("a b"));
            assertThat(tokens("^").ended(text)).as(text).isEqualTo(ended("a b"));
        }
    }

    @Test
    void whiteSpaceThatNoEndTokenStandsBeforeBelongsToTheAnswer() {
        assertThat(tokens("").ended("a \n")).isEqualTo(ended("a \n"));
        assertThat(tokens("").answer("$a")).containsExactly(CharTokenizer.END, 'a');
        assertThat(tokens("").ended("$\n")).containsExactly(CharTokenizer.END);
    }
}
