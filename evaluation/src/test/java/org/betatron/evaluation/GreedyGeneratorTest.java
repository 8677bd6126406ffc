package org.betatron.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.betatron.core.model.PackedBatch;
import org.betatron.evaluation.WordTokenizer.Ids;
import org.betatron.testkit.TinyLanguageModel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GreedyGeneratorTest {

    private static final int VOCABULARY = 12;
    private static final int MAX_POSITIONS = 20;
    private static final int[] PROMPT = {3, 1, 4};

    private final TinyLanguageModel model = TinyLanguageModel.random(VOCABULARY, 4, MAX_POSITIONS, 2);

    @AfterEach
    void closeModel() {
        model.close();
    }

    @Test
    void everyTokenIsTheMostProbableOne() {
        int[] written = generator(6, none()).completeIds(PROMPT);

        assertThat(written).hasSize(6);
        for (int i = 0; i < written.length; i++) {
            int[] before = Arrays.copyOf(written, i);
            double chosen = logProb(before, written[i]);
            assertThat(IntStream.range(0, VOCABULARY).mapToDouble(token -> logProb(before, token)))
                    .allMatch(logProb -> logProb <= chosen);
        }
    }

    @Test
    void stopsBeforeAnyOfTheStopTokens() {
        int[] free = generator(6, none()).completeIds(PROMPT);
        int stop = free[3];
        int[] expected = Arrays.copyOf(
                free, (int) Arrays.stream(free).takeWhile(id -> id != stop).count());

        assertThat(generator(6, Ids.of(stop)).completeIds(PROMPT)).containsExactly(expected);
        // Also where it is not the first of several.
        assertThat(generator(6, Ids.of(VOCABULARY, stop)).completeIds(PROMPT)).containsExactly(expected);
    }

    @Test
    void writesNothingIfTheModelEndsAtOnce() {
        int first = generator(1, none()).completeIds(PROMPT)[0];
        assertThat(generator(6, Ids.of(first)).completeIds(PROMPT)).isEmpty();
        assertThat(generator(6, Ids.of(first)).complete("3 1 4")).isEmpty();
    }

    @Test
    void writesNoMoreThanAskedFor() {
        int[] six = generator(6, none()).completeIds(PROMPT);
        assertThat(generator(2, none()).completeIds(PROMPT)).containsExactly(Arrays.copyOf(six, 2));
    }

    @Test
    void writesNoMoreThanTheModelHasPositions() {
        int[] written = generator(1000, none()).completeIds(PROMPT);
        assertThat(written).hasSize(MAX_POSITIONS - PROMPT.length);
        assertThat(generator(1000, none()).completeIds(new int[MAX_POSITIONS - 1]))
                .hasSize(1);
    }

    @Test
    void promptThatLeavesNoRoomIsRefused() {
        GreedyGenerator generator = generator(5, none());
        assertThatThrownBy(() -> generator.completeIds(new int[MAX_POSITIONS]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the prompt has 20 tokens, which leaves no room in the model's 20 positions; shorten it");
        assertThatThrownBy(() -> generator(0, none()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("maxNewTokens must be at least 1 but was 0");
    }

    @Test
    void textGoesThroughTheTokenizerWithItsPrefix() {
        assertThat(generator(4, none()).complete("3 1 4"))
                .isEqualTo(text(generator(4, none()).completeIds(PROMPT)));
        GreedyGenerator prefixed = new GreedyGenerator(model, new WordTokenizer(VOCABULARY, none(), Ids.of(3, 1)), 4);
        assertThat(prefixed.complete("4")).isEqualTo(text(generator(4, none()).completeIds(PROMPT)));
    }

    @Test
    void emptyPromptStartsFromTheEndToken() {
        GreedyGenerator generator = generator(4, Ids.of(7));
        assertThat(generator.complete("")).isEqualTo(text(generator.completeIds(new int[] {7})));
    }

    private GreedyGenerator generator(int maxNewTokens, Ids stops) {
        return new GreedyGenerator(model, new WordTokenizer(VOCABULARY, stops, Ids.of()), maxNewTokens);
    }

    /// An id that the model does not know, so that it never stops by itself.
    private static Ids none() {
        return Ids.of(VOCABULARY);
    }

    /// @return log-probability of the whole continuation, which ranks its last token
    private double logProb(int[] before, int token) {
        int[] continuation = Arrays.copyOf(before, before.length + 1);
        continuation[before.length] = token;
        return model.score(PackedBatch.builder().add(PROMPT, continuation).build())
                .sum(0);
    }

    private static String text(int[] ids) {
        return new WordTokenizer(VOCABULARY, none(), Ids.of()).decode(ids);
    }
}
