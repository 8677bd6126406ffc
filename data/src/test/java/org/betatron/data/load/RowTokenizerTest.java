package org.betatron.data.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.betatron.data.row.Truncation;
import org.betatron.data.tokenizer.Tokenizer;
import org.junit.jupiter.api.Test;

class RowTokenizerTest {

    /// One token per character, remembering what it was asked for.
    private record Recording(List<String> texts) implements Tokenizer {

        private static final int END = 256;

        @Override
        public int[] encode(String text) {
            texts.add(text);
            return text.chars().toArray();
        }

        @Override
        public String decode(int[] ids) {
            return new String(ids, 0, ids.length);
        }

        @Override
        public String piece(int id) {
            return Character.toString(id);
        }

        @Override
        public int[] bosPrefix() {
            return new int[0];
        }

        @Override
        public int eosId() {
            return END;
        }

        @Override
        public int[] stopIds() {
            return new int[] {END};
        }

        @Override
        public int vocabularySize() {
            return END + 1;
        }
    }

    @Test
    void eachAnswerOfARankedListIsTokenizedOnce() {
        List<String> texts = new ArrayList<>();
        RowTokenizer tokenizer = new RowTokenizer(new Recording(texts), Truncation.to(20, 10));
        List<FittedRow> rows = tokenizer.tokenize(List.of(
                new RenderedRow("p", List.of("a", "b")),
                new RenderedRow("p", List.of("a", "c")),
                new RenderedRow("p", List.of("b", "c")),
                new RenderedRow("q", List.of("c", "a"))));
        assertThat(texts).containsExactly("p", "a", "b", "c", "q", "c", "a");
        assertThat(rows.get(2).prompt()).containsExactly('p');
        assertThat(rows.get(2).responses())
                .containsExactly(new int[] {'b', Recording.END}, new int[] {'c', Recording.END});
        assertThat(rows.get(3).prompt()).containsExactly('q');
    }
}
