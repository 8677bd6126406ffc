package org.betatron.data.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.betatron.data.row.Truncation;
import org.betatron.data.tokenizer.CharTokenizer;
import org.betatron.data.tokenizer.TextTokens;
import org.junit.jupiter.api.Test;

class RowTokenizerTest {

    @Test
    void eachAnswerOfARankedListIsTokenizedOnce() {
        List<String> texts = new ArrayList<>();
        RowTokenizer tokenizer = new RowTokenizer(new TextTokens(new CharTokenizer(texts, "")), Truncation.to(20, 10));
        List<FittedRow> rows = tokenizer.tokenize(List.of(
                new RenderedRow("p", List.of("a", "b")),
                new RenderedRow("p", List.of("a", "c")),
                new RenderedRow("p", List.of("b", "c")),
                new RenderedRow("q", List.of("c", "a"))));
        assertThat(texts).containsExactly("p", "a", "b", "c", "q", "c", "a");
        assertThat(rows.get(2).prompt()).containsExactly('p');
        assertThat(rows.get(2).responses())
                .containsExactly(new int[] {'b', CharTokenizer.END}, new int[] {'c', CharTokenizer.END});
        assertThat(rows.get(3).prompt()).containsExactly('q');
    }
}
