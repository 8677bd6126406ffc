package org.betatron.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.betatron.core.model.Decoder;
import org.betatron.core.model.LanguageModel;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.model.TokenQuantity;
import org.betatron.core.model.VocabularyRequest;
import org.betatron.core.sampling.SamplingSpec;
import org.betatron.generation.WordTokenizer.Ids;
import org.betatron.testkit.TinyLanguageModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The mixture against probabilities that are multiplied by hand from the log-probs of both models.
class RealignedModelTest {

    private static final int VOCABULARY = 12;
    private static final int MAX_POSITIONS = 20;
    private static final List<int[]> PROMPTS = List.of(new int[] {3, 1, 4}, new int[] {2}, new int[] {5, 5, 0, 7, 1});
    private static final int[] CONTINUATION = {6, 2, 9, 9};

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.25, 0.5, 1, 2, 4})
    void probabilitiesAreThoseOfBothModelsMultiplied(double lambda) {
        try (RealignedModel model = mixture(lambda);
                TinyLanguageModel aligned = aligned();
                TinyLanguageModel reference = reference();
                Decoder decoder = model.startDecoding()) {
            int[] sequences = new int[PROMPTS.size()];
            Arrays.setAll(sequences, _ -> decoder.begin());
            float[][] logits = decoder.append(sequences, PROMPTS.toArray(int[][]::new));
            for (int t = 0; t < CONTINUATION.length; t++) {
                for (int i = 0; i < sequences.length; i++) {
                    double[] expected = product(
                            lambda,
                            probabilities(aligned, PROMPTS.get(i), t),
                            probabilities(reference, PROMPTS.get(i), t));
                    double[] found = softmax(logits[i]);
                    for (int v = 0; v < VOCABULARY; v++) {
                        assertThat(found[v])
                                .as("prompt %d, token %d, id %d", i, t, v)
                                .isCloseTo(expected[v], within(1e-6));
                    }
                }
                int next = CONTINUATION[t];
                int[][] tokens = new int[sequences.length][];
                Arrays.setAll(tokens, _ -> new int[] {next});
                logits = decoder.append(sequences, tokens);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.25, 0.5, 1, 2, 4})
    void logProbsAndDivergencesAreThoseOfTheMixture(double lambda) {
        try (RealignedModel model = mixture(lambda);
                TinyLanguageModel aligned = aligned();
                TinyLanguageModel reference = reference()) {
            PackedBatch.Builder batch = PackedBatch.builder();
            PROMPTS.forEach(prompt -> batch.add(prompt, CONTINUATION));
            PackedBatch whole = batch.build();
            float[] logProbs = model.score(whole).logProbs();
            float[] divergences = model.divergence().score(whole).of(TokenQuantity.SCORE);
            int row = 0;
            for (int[] prompt : PROMPTS) {
                for (int t = 0; t < CONTINUATION.length; t++, row++) {
                    double[] other = probabilities(reference, prompt, t);
                    double[] mixed = product(lambda, probabilities(aligned, prompt, t), other);
                    double divergence = 0;
                    for (int v = 0; v < VOCABULARY; v++) {
                        divergence += mixed[v] * Math.log(mixed[v] / other[v]);
                    }
                    assertThat((double) logProbs[row]).isCloseTo(Math.log(mixed[CONTINUATION[t]]), within(1e-5));
                    assertThat((double) divergences[row]).isCloseTo(divergence, within(1e-5));
                }
            }
        }
    }

    /// The Rao-Blackwell estimate and the plain one estimate the same: within five standard errors.
    @Test
    void divergenceIsTheMeanLogRatioOfDrawnAnswers() {
        GenerationSpec spec = new GenerationSpec(SamplingSpec.DEFAULT, 3000, 6, List.of(), 500, 4);
        try (RealignedModel model = mixture(2);
                TinyLanguageModel reference = reference()) {
            List<int[]> prompts = PROMPTS.subList(0, 1);
            List<Answer> answers = generator(model, spec).generate(prompts, GenerationListener.NONE);
            double[] own = AnswerLogProbs.of(model, prompts, answers);
            double[] theirs = AnswerLogProbs.of(reference, prompts, answers);
            double[] exact = AnswerLogProbs.divergence(model, prompts, answers);
            double mean = 0;
            double square = 0;
            for (int i = 0; i < own.length; i++) {
                double difference = own[i] - theirs[i] - exact[i];
                mean += difference / own.length;
                square += difference * difference / own.length;
            }
            assertThat(Math.abs(mean)).isLessThan(5 * Math.sqrt(square / own.length));
            assertThat(Arrays.stream(exact).average().orElseThrow()).isGreaterThan(0.01);
        }
    }

    @Test
    void divergenceIsNothingAtTheReferenceAndGrowsWithLambda() {
        double last = -1;
        for (double lambda : new double[] {0, 0.25, 0.5, 1, 2, 4}) {
            try (RealignedModel model = mixture(lambda)) {
                PackedBatch batch = PackedBatch.builder()
                        .add(PROMPTS.getFirst(), CONTINUATION)
                        .build();
                double divergence = model.divergence().score(batch).sum(TokenQuantity.SCORE, 0);
                assertThat(divergence).isGreaterThan(last);
                assertThat(divergence == 0).isEqualTo(lambda == 0);
                last = divergence;
            }
        }
    }

    @Test
    void answersAtTheEndsAreThoseOfOneModelBitForBit() {
        GenerationSpec spec = new GenerationSpec(SamplingSpec.DEFAULT, 4, 12, List.of(), 5, 1);
        try (TinyLanguageModel aligned = aligned();
                TinyLanguageModel reference = reference()) {
            List<String> alignedAnswers = written(aligned, spec);
            List<String> referenceAnswers = written(reference, spec);
            assertThat(alignedAnswers).isNotEqualTo(referenceAnswers);
            for (double lambda : new double[] {0, 1, 2}) {
                try (RealignedModel model = mixture(lambda);
                        Decoder decoder = model.startDecoding();
                        Decoder plain = (lambda == 0 ? reference : aligned).startDecoding()) {
                    float[] logits = decoder.append(decoder.begin(), PROMPTS.getFirst());
                    float[] expected = plain.append(plain.begin(), PROMPTS.getFirst());
                    assertThat(Arrays.equals(logits, expected)).isEqualTo(lambda != 2);
                    List<String> answers = written(model, spec);
                    assertThat(answers.equals(alignedAnswers)).isEqualTo(lambda == 1);
                    assertThat(answers.equals(referenceAnswers)).isEqualTo(lambda == 0);
                }
            }
        }
    }

    @Test
    void forksAndLengthsAreThoseOfBoth() {
        try (RealignedModel model = mixture(2);
                Decoder decoder = model.startDecoding()) {
            int first = decoder.begin();
            decoder.append(first, PROMPTS.getFirst());
            int second = decoder.fork(first);
            assertThat(decoder.append(first, 1)).isEqualTo(decoder.append(second, 1));
            assertThat(decoder.length(second)).isEqualTo(4);
            decoder.end(first);
            assertThatIllegalArgumentException().isThrownBy(() -> decoder.append(first, 1));
            assertThat(decoder.append(second, 2)).hasSize(VOCABULARY);
        }
    }

    @Test
    void whatOneOfTheModelsCannotReadChangesNeither() {
        TinyLanguageModel shorter = TinyLanguageModel.random(VOCABULARY, 4, 4, 3);
        try (RealignedModel model = new RealignedModel(aligned(), shorter, 0.5);
                Decoder decoder = model.startDecoding()) {
            assertThat(model.maxPositions()).isEqualTo(4);
            int sequence = decoder.begin();
            decoder.append(sequence, PROMPTS.getFirst());
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> decoder.append(sequence, 1, 2))
                    .withMessage("sequence must be at most 4 tokens long but had 5");
            assertThat(decoder.length(sequence)).isEqualTo(3);
            assertThat(decoder.append(sequence, 1)).hasSize(VOCABULARY);
        }
    }

    @Test
    void whatCannotBeMixedIsRefused() {
        for (double lambda : new double[] {-0.1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> mixture(lambda))
                    .withMessage("lambda must be ≥ 0 and finite but was " + lambda);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        new RealignedModel(aligned(), TinyLanguageModel.random(VOCABULARY + 1, 4, MAX_POSITIONS, 3), 2))
                .withMessage("models to mix must have the same token ids but the aligned one has 12 and the reference"
                        + " 13");
        try (RealignedModel model = mixture(2)) {
            PackedBatch batch =
                    PackedBatch.builder().add(PROMPTS.getFirst(), CONTINUATION).build();
            VocabularyRequest request = new VocabularyRequest(Set.of(TokenQuantity.ENTROPY), 0, null);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> model.score(batch, request))
                    .withMessage("a realigned model computes log-probabilities alone but was asked for [ENTROPY]");
        }
    }

    private static TinyLanguageModel aligned() {
        return TinyLanguageModel.random(VOCABULARY, 4, MAX_POSITIONS, 2);
    }

    private static TinyLanguageModel reference() {
        return TinyLanguageModel.random(VOCABULARY, 4, MAX_POSITIONS, 3);
    }

    private static RealignedModel mixture(double lambda) {
        return new RealignedModel(aligned(), reference(), lambda);
    }

    private static Generator generator(LanguageModel model, GenerationSpec spec) {
        return new Generator(model, new WordTokenizer(VOCABULARY, Ids.of(0), Ids.of()), spec);
    }

    private static List<String> written(LanguageModel model, GenerationSpec spec) {
        return generator(model, spec).generate(PROMPTS, GenerationListener.NONE).stream()
                .map(answer -> Arrays.toString(answer.tokenIds()))
                .toList();
    }

    /// @return probability of every token after a prompt and the first tokens of the continuation
    private static double[] probabilities(TinyLanguageModel model, int[] prompt, int numTokens) {
        int[][] responses = new int[VOCABULARY][];
        for (int v = 0; v < VOCABULARY; v++) {
            responses[v] = Arrays.copyOf(CONTINUATION, numTokens + 1);
            responses[v][numTokens] = v;
        }
        PackedBatch batch = PackedBatch.builder().add(prompt, responses).build();
        float[] logProbs = model.score(batch).logProbs();
        double[] probabilities = new double[VOCABULARY];
        for (int v = 0; v < VOCABULARY; v++) {
            probabilities[v] = Math.exp(logProbs[batch.logProbOffset(v) + numTokens]);
        }
        return probabilities;
    }

    private static double[] product(double lambda, double[] aligned, double[] reference) {
        double[] product = new double[VOCABULARY];
        Arrays.setAll(product, v -> Math.pow(aligned[v], lambda) * Math.pow(reference[v], 1 - lambda));
        double sum = Arrays.stream(product).sum();
        return Arrays.stream(product).map(value -> value / sum).toArray();
    }

    private static double[] softmax(float[] logits) {
        double[] exponentials = new double[logits.length];
        Arrays.setAll(exponentials, v -> Math.exp(logits[v]));
        double sum = Arrays.stream(exponentials).sum();
        return Arrays.stream(exponentials).map(value -> value / sum).toArray();
    }
}
