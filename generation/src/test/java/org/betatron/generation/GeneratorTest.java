package org.betatron.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.betatron.core.RandomStreams;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.model.TokenQuantity;
import org.betatron.core.sampling.SamplingSpec;
import org.betatron.generation.WordTokenizer.Ids;
import org.betatron.testkit.RandomBatches;
import org.betatron.testkit.TinyLanguageModel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GeneratorTest {

    private static final int VOCABULARY = 12;
    private static final int MAX_POSITIONS = 20;
    private static final int[] PROMPT = {3, 1, 4};

    private final TinyLanguageModel model = TinyLanguageModel.random(VOCABULARY, 4, MAX_POSITIONS, 2);

    @AfterEach
    void closeModel() {
        model.close();
    }

    @Test
    void everyGreedyTokenIsTheMostProbableOne() {
        int[] written = greedy(6, none(), PROMPT).tokenIds();

        assertThat(written).hasSize(6);
        for (int i = 0; i < written.length; i++) {
            int[] before = Arrays.copyOf(written, i);
            double chosen = logProb(before, written[i]);
            assertThat(IntStream.range(0, VOCABULARY).mapToDouble(token -> logProb(before, token)))
                    .allMatch(logProb -> logProb <= chosen);
        }
    }

    @Test
    void tokensThatTheModelDoesNotKnowAreRefused() {
        for (int token : new int[] {-1, VOCABULARY}) {
            assertThatThrownBy(() -> greedy(6, none(), new int[] {1, token}))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("the prompt has token " + token + " (\"")
                    .hasMessageEndingWith("which is beyond the model's vocabulary of " + VOCABULARY
                            + "; do tokenizer and model belong together?");
        }
    }

    /// The heart of reproducibility: whoever else is in the batch, an answer stays the same.
    @Test
    void answersDoNotDependOnTheBatchSize() {
        List<int[]> prompts = IntStream.range(0, 9)
                .mapToObj(i -> RandomBatches.tokens(RandomStreams.stream(1, "prompt", i), VOCABULARY, 10))
                .toList();
        List<String> one = sampled(prompts, 4, 1);
        assertThat(one).hasSize(36).doesNotHaveDuplicates();
        for (int batchSize : new int[] {2, 3, 7, 100}) {
            assertThat(sampled(prompts, 4, batchSize))
                    .as("batch of %d", batchSize)
                    .isEqualTo(one);
        }
        assertThat(sampled(prompts.subList(0, 5), 4, 3)).isEqualTo(one.subList(0, 20));
        // Another seed, other answers.
        assertThat(one)
                .isNotEqualTo(describe(
                        generator(sampling(4, 7).withSeed(2), Ids.of(0)).generate(prompts, GenerationListener.NONE)));
    }

    /// @return a line per answer, made unique by prompt and sample
    private List<String> sampled(List<int[]> prompts, int samples, int batchSize) {
        return describe(generator(sampling(samples, batchSize), Ids.of(0)).generate(prompts, GenerationListener.NONE));
    }

    private static List<String> describe(List<Answer> answers) {
        return answers.stream()
                .map(answer -> answer.prompt() + " " + answer.sample() + ": " + Arrays.toString(answer.tokenIds()) + " "
                        + answer.end())
                .toList();
    }

    private static GenerationSpec sampling(int samples, int batchSize) {
        return new GenerationSpec(new SamplingSpec(1.3, 8, 0.95, 0, 1.1), samples, 15, List.of(), batchSize, 1);
    }

    @Test
    void samplesAreDrawnAsOftenAsTheModelSays() {
        int samples = 6000;
        GenerationSpec spec = new GenerationSpec(SamplingSpec.DEFAULT, samples, 1, List.of(), 500, 3);
        int[] counts = new int[VOCABULARY];
        for (Answer answer : generator(spec, none()).generate(List.of(PROMPT), GenerationListener.NONE)) {
            counts[answer.tokenIds()[0]]++;
        }
        for (int token = 0; token < VOCABULARY; token++) {
            double p = Math.exp(logProb(new int[0], token));
            // Five standard deviations.
            assertThat(counts[token] / (double) samples - p)
                    .as("token %d", token)
                    .isBetween(-5 * Math.sqrt(p * (1 - p) / samples), 5 * Math.sqrt(p * (1 - p) / samples));
        }
    }

    @Test
    void stopsAtAnyOfTheStopTokens() {
        int[] free = greedy(6, none(), PROMPT).tokenIds();
        int stop = free[3];
        int first = (int) Arrays.stream(free).takeWhile(id -> id != stop).count();

        for (Ids stops : List.of(Ids.of(stop), Ids.of(VOCABULARY, stop))) {
            Answer answer = greedy(6, stops, PROMPT);
            assertThat(answer.end()).isEqualTo(AnswerEnd.END_TOKEN);
            assertThat(answer.tokenIds()).containsExactly(Arrays.copyOf(free, first + 1));
            assertThat(answer.text()).isEqualTo(text(Arrays.copyOf(free, first)));
        }
    }

    @Test
    void stopsWhereAStopTextOccurs() {
        int[] free = greedy(8, none(), PROMPT).tokenIds();
        String stop = text(Arrays.copyOfRange(free, 2, 4));
        int at = text(free).indexOf(stop);
        GenerationSpec spec = new GenerationSpec(SamplingSpec.GREEDY, 1, 8, List.of("nothing", stop), 4, 0);

        Answer answer = generator(spec, none())
                .generate(List.of(PROMPT), GenerationListener.NONE)
                .getFirst();

        assertThat(answer.end()).isEqualTo(AnswerEnd.STOP_TEXT);
        assertThat(answer.text()).isEqualTo(text(free).substring(0, at));
        assertThat(answer.tokenIds().length).isLessThanOrEqualTo(4);
    }

    @Test
    void streamedTextIsTheAnswerAndHoldsBackStopTexts() {
        int[] free = greedy(8, none(), PROMPT).tokenIds();
        String stop = text(Arrays.copyOfRange(free, 2, 4));
        List<GenerationSpec> specs = List.of(
                new GenerationSpec(SamplingSpec.GREEDY, 1, 8, List.of(stop), 4, 0),
                new GenerationSpec(SamplingSpec.DEFAULT, 3, 8, List.of(" 7 ", "10"), 2, 0));
        for (GenerationSpec spec : specs) {
            Map<Integer, StringBuilder> heard = new HashMap<>();
            List<Answer> finished = new ArrayList<>();
            List<Answer> answers = generator(spec, Ids.of(5)).generate(List.of(PROMPT), new GenerationListener() {
                @Override
                public boolean wantsText() {
                    return true;
                }

                @Override
                public void wrote(int prompt, int sample, String newText) {
                    heard.computeIfAbsent(sample, _ -> new StringBuilder()).append(newText);
                }

                @Override
                public void finished(Answer answer) {
                    finished.add(answer);
                }
            });
            assertThat(finished).containsExactlyInAnyOrderElementsOf(answers);
            for (Answer answer : answers) {
                assertThat(String.valueOf(heard.getOrDefault(answer.sample(), new StringBuilder())))
                        .isEqualTo(answer.text());
            }
        }
    }

    @Test
    void writesNoMoreThanAskedForOrThanThereArePositions() {
        int[] six = greedy(6, none(), PROMPT).tokenIds();
        Answer two = greedy(2, none(), PROMPT);
        assertThat(two.tokenIds()).containsExactly(Arrays.copyOf(six, 2));
        assertThat(two.end()).isEqualTo(AnswerEnd.LENGTH);
        assertThat(greedy(1000, none(), PROMPT).tokenIds()).hasSize(MAX_POSITIONS - PROMPT.length);
        assertThat(greedy(1000, none(), new int[MAX_POSITIONS - 1]).tokenIds()).hasSize(1);
    }

    @Test
    void promptThatLeavesNoRoomIsRefusedBeforeAnythingIsWritten() {
        Generator generator = generator(GenerationSpec.DEFAULT, none());
        List<Answer> finished = new ArrayList<>();
        GenerationListener listener = new GenerationListener() {
            @Override
            public void finished(Answer answer) {
                finished.add(answer);
            }
        };
        assertThatThrownBy(() -> generator.generate(List.of(PROMPT, new int[MAX_POSITIONS]), listener))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("prompt 2 has 20 tokens, which leaves no room in the model's 20 positions; shorten it");
        assertThat(finished).isEmpty();
        assertThat(generator.generate(List.of(), listener)).isEmpty();
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        assertThatThrownBy(() -> new GenerationSpec(SamplingSpec.DEFAULT, 0, 1, List.of(), 1, 0))
                .hasMessage("samples must be in [1, 1048576] but was 0");
        assertThatThrownBy(() -> new GenerationSpec(SamplingSpec.DEFAULT, 1, 0, List.of(), 1, 0))
                .hasMessage("maxNewTokens must be at least 1 but was 0");
        assertThatThrownBy(() -> new GenerationSpec(SamplingSpec.DEFAULT, 1, 1, List.of(), 0, 0))
                .hasMessage("batchSize must be at least 1 but was 0");
        assertThatThrownBy(() -> new GenerationSpec(SamplingSpec.DEFAULT, 1, 1, List.of(""), 1, 0))
                .hasMessage("a stop text must not be empty");
    }

    @Test
    void logProbsOfAnswersIncludeTheEndToken() {
        GenerationSpec spec = new GenerationSpec(SamplingSpec.DEFAULT, 3, 6, List.of(), 4, 0);
        List<int[]> prompts = List.of(PROMPT, new int[] {2, 2});
        List<Answer> answers = generator(spec, Ids.of(5)).generate(prompts, GenerationListener.NONE);
        double[] logProbs = AnswerLogProbs.of(model, prompts, answers);
        for (int i = 0; i < answers.size(); i++) {
            PackedBatch alone = PackedBatch.builder()
                    .add(prompts.get(answers.get(i).prompt()), answers.get(i).tokenIds())
                    .build();
            assertThat(logProbs[i]).isEqualTo(model.score(alone).sum(TokenQuantity.LOG_PROB, 0));
        }
    }

    private Answer greedy(int maxNewTokens, Ids stops, int[] prompt) {
        GenerationSpec spec = new GenerationSpec(SamplingSpec.GREEDY, 1, maxNewTokens, List.of(), 4, 0);
        return generator(spec, stops)
                .generate(List.of(prompt), GenerationListener.NONE)
                .getFirst();
    }

    private Generator generator(GenerationSpec spec, Ids stops) {
        return new Generator(model, new WordTokenizer(VOCABULARY, stops, Ids.of()), spec);
    }

    /// An id that the model does not know, so that it never stops by itself.
    private static Ids none() {
        return Ids.of(VOCABULARY);
    }

    private double logProb(int[] before, int token) {
        int[] continuation = Arrays.copyOf(before, before.length + 1);
        continuation[before.length] = token;
        double whole = model.score(
                        PackedBatch.builder().add(PROMPT, continuation).build())
                .sum(TokenQuantity.LOG_PROB, 0);
        return before.length == 0
                ? whole
                : whole
                        - model.score(PackedBatch.builder().add(PROMPT, before).build())
                                .sum(TokenQuantity.LOG_PROB, 0);
    }

    private static String text(int[] ids) {
        return new WordTokenizer(VOCABULARY, none(), Ids.of()).decode(ids);
    }
}
