package org.betatron.core.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.random.RandomGenerator;
import org.betatron.core.RandomStreams;
import org.betatron.core.Recorded;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

class TokenSamplerTest {

    private static List<JsonNode> recorded() {
        return Recorded.read("sampling.json").required("cases").valueStream().toList();
    }

    @ParameterizedTest
    @MethodSource("recorded")
    void filtersAsTransformersDoes(JsonNode recorded) {
        JsonNode settings = recorded.required("settings");
        SamplingSpec spec = new SamplingSpec(
                settings.path("temperature").asDouble(1),
                settings.path("top_k").asInt(0),
                settings.path("top_p").asDouble(1),
                settings.path("min_p").asDouble(0),
                settings.path("repetition_penalty").asDouble(1));
        float[] logits = floats(Recorded.doubles(recorded, "logits"));
        BitSet seen = new BitSet();
        Arrays.stream(Recorded.ints(recorded, "seen")).forEach(seen::set);

        new TokenSampler(spec).filter(logits, seen);

        JsonNode expected = recorded.required("expected");
        for (int token = 0; token < logits.length; token++) {
            if (expected.required(token).isNull()) {
                assertThat(logits[token]).as("token %d", token).isEqualTo(Float.NEGATIVE_INFINITY);
            } else {
                // Single precision on both sides.
                assertThat((double) logits[token])
                        .as("token %d", token)
                        .isCloseTo(expected.required(token).asDouble(), within(2e-6));
            }
        }
    }

    @Test
    void drawsAsOftenAsTheProbabilitiesSay() {
        double[] probabilities = {0.5, 0.25, 0.15, 0.1};
        TokenSampler sampler = new TokenSampler(SamplingSpec.DEFAULT);
        RandomGenerator random = RandomStreams.stream(1, "draws", 0);
        int draws = 40_000;
        int[] counts = new int[4];
        for (int i = 0; i < draws; i++) {
            counts[sampler.next(logs(probabilities), new BitSet(), random)]++;
        }
        for (int token = 0; token < 4; token++) {
            double p = probabilities[token];
            // Five standard deviations of a binomial share.
            assertThat(counts[token] / (double) draws).isCloseTo(p, within(5 * Math.sqrt(p * (1 - p) / draws)));
        }
    }

    @Test
    void neverDrawsWhatWasTakenOut() {
        TokenSampler sampler = new TokenSampler(new SamplingSpec(2, 3, 0.9, 0.1, 1));
        RandomGenerator random = RandomStreams.stream(2, "draws", 0);
        for (int i = 0; i < 2000; i++) {
            assertThat(sampler.next(logs(0.02, 0.4, 0.03, 0.3, 0.25), new BitSet(), random))
                    .isIn(1, 3, 4);
        }
    }

    @Test
    void greedyTakesTheFirstOfTheMostProbable() {
        TokenSampler greedy = new TokenSampler(SamplingSpec.GREEDY);
        RandomGenerator random = RandomStreams.stream(3, "draws", 0);
        assertThat(greedy.next(new float[] {1, 3, 3, 2}, new BitSet(), random)).isEqualTo(1);

        BitSet seen = new BitSet();
        seen.set(1);
        TokenSampler penalized = new TokenSampler(new SamplingSpec(0, 0, 1, 0, 2));
        assertThat(penalized.next(new float[] {1, 3, 3, 2}, seen, random)).isEqualTo(2);
        assertThat(penalized.next(new float[] {-4, -1, -3, -2.5f}, seen, random))
                .as("a negative logit is multiplied: -2 stays the largest")
                .isEqualTo(1);
    }

    @Test
    void equalLogitsAtTheBorder() {
        float[] logits = logs(0.2, 0.2, 0.2, 0.2, 0.2);
        LogitFilters.topP(logits, 0.5);
        // 1 - p = 0.5 lets two fifths go: the ones with the largest ids.
        assertThat(logits)
                .containsExactly(
                        (float) Math.log(0.2),
                        (float) Math.log(0.2),
                        (float) Math.log(0.2),
                        Float.NEGATIVE_INFINITY,
                        Float.NEGATIVE_INFINITY);
        float[] equal = {1, 2, 2, 0};
        LogitFilters.topK(equal, 1);
        assertThat(equal).containsExactly(Float.NEGATIVE_INFINITY, 2, 2, Float.NEGATIVE_INFINITY);
    }

    @Test
    void logitsThatAreNoNumbersAreRefused() {
        for (SamplingSpec spec : List.of(SamplingSpec.DEFAULT, SamplingSpec.GREEDY)) {
            assertThatThrownBy(() -> new TokenSampler(spec)
                            .next(new float[] {1, Float.NaN}, new BitSet(), RandomStreams.stream(1, "draws", 0)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the largest logit must be finite but was NaN: the model's weights or its numbers"
                            + " overflowed");
        }
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        assertThatThrownBy(() -> new SamplingSpec(-1, 0, 1, 0, 1)).hasMessage("temperature must be ≥ 0 but was -1.0");
        assertThatThrownBy(() -> new SamplingSpec(Double.NaN, 0, 1, 0, 1)).hasMessageStartingWith("temperature");
        assertThatThrownBy(() -> new SamplingSpec(1, -1, 1, 0, 1)).hasMessage("topK must be ≥ 0 but was -1.0");
        assertThatThrownBy(() -> new SamplingSpec(1, 0, 0, 0, 1)).hasMessage("topP must be in (0, 1] but was 0.0");
        assertThatThrownBy(() -> new SamplingSpec(1, 0, 1, 1.5, 1)).hasMessage("minP must be in [0, 1] but was 1.5");
        assertThatThrownBy(() -> new SamplingSpec(1, 0, 1, 0, 0))
                .hasMessage("repetitionPenalty must be > 0 but was 0.0");
    }

    private static float[] logs(double... probabilities) {
        return floats(Arrays.stream(probabilities).map(Math::log).toArray());
    }

    private static float[] floats(double... values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    /// As floats, the exponentials are those of `Math.exp`, and every token is drawn for as much of
    /// [0, 1) as it is
    /// probable: the same token as a walk from the first one finds.
    @Test
    void drawsAsAWalkOverAllTokensDoes() {
        RandomGenerator random = RandomStreams.stream(7, "draws", 0);
        for (int size : new int[] {1, 3, 255, 256, 257, 5000}) {
            float[] logits = new float[size];
            for (int i = 0; i < size; i++) {
                logits[i] = i % 7 == 3 ? Float.NEGATIVE_INFINITY : (float) (random.nextGaussian() * 30);
            }
            float max = LogitFilters.max(logits);
            float[] walked = new float[size];
            double sum = 0;
            for (int i = 0; i < size; i++) {
                walked[i] = (float) Math.exp(logits[i] - max);
                sum += walked[i];
            }
            float[] exponentials = logits.clone();
            Exponentials.ofDifferences(exponentials, max);
            assertThat(exponentials).containsExactly(walked, within(1.4E-45f));
            for (double uniform : new double[] {0, 0.25, 0.5, 0.999, Math.nextDown(1.0)}) {
                double passed = 0;
                int expected = -1;
                for (int i = 0; i < size && passed <= uniform * sum; i++) {
                    passed += walked[i];
                    expected = walked[i] > 0 ? i : expected;
                }
                assertThat(new TokenSampler(SamplingSpec.DEFAULT)
                                .next(logits.clone(), new BitSet(), new Always(uniform)))
                        .isEqualTo(expected);
            }
        }
    }

    /// Says the same number again and again.
    private record Always(double number) implements RandomGenerator {

        @Override
        public long nextLong() {
            throw new UnsupportedOperationException();
        }

        @Override
        public double nextDouble() {
            return number;
        }
    }
}
