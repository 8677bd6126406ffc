package org.betatron.torch.head;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.betatron.core.RandomStreams;
import org.betatron.torch.TestWeights;
import org.betatron.torch.device.NativeLibraries;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.memory.Owned;
import org.betatron.torch.tensor.HostTensors;
import org.betatron.torch.tensor.Tensors;
import org.betatron.torch.weight.Weight;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VocabularyHeadTest {

    private static final int ROWS = 23;
    private static final int HIDDEN = 16;
    private static final int VOCABULARY = 37;
    private static final RandomGenerator RANDOM = RandomStreams.stream(3, "head", 0);
    private static final float[] HIDDEN_STATES = gaussian(ROWS * HIDDEN);
    private static final float[] WEIGHT = gaussian(VOCABULARY * HIDDEN);
    private static final float[] DERIVATIVES = gaussian(ROWS);
    private static final int[] TARGETS = RANDOM.ints(ROWS, 0, VOCABULARY).toArray();

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Result(float[] logProbs, float[] hiddenGradient, float[] weightGradient) {}

    @BeforeAll
    static void loadLibtorch() {
        NativeLibraries.load();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, VOCABULARY, 4 * VOCABULARY, 22 * VOCABULARY, 23 * VOCABULARY + 1})
    void chunksDoNotShow(long chunkElements) {
        Result whole = run(DERIVATIVES, 1 << 20);
        Result pieces = run(DERIVATIVES, chunkElements);
        assertClose(pieces.logProbs(), whole.logProbs());
        assertClose(pieces.hiddenGradient(), whole.hiddenGradient());
        assertClose(pieces.weightGradient(), whole.weightGradient());
    }

    @Test
    void againstTheFormula() {
        Result result = run(DERIVATIVES, 1 << 20);
        double[] hiddenGradient = new double[ROWS * HIDDEN];
        double[] weightGradient = new double[VOCABULARY * HIDDEN];
        for (int row = 0; row < ROWS; row++) {
            double[] logits = new double[VOCABULARY];
            double sum = 0;
            for (int v = 0; v < VOCABULARY; v++) {
                for (int e = 0; e < HIDDEN; e++) {
                    logits[v] += (double) HIDDEN_STATES[row * HIDDEN + e] * WEIGHT[v * HIDDEN + e];
                }
                sum += Math.exp(logits[v]);
            }
            assertThat((double) result.logProbs()[row]).isCloseTo(logits[TARGETS[row]] - Math.log(sum), within(1e-5));
            for (int v = 0; v < VOCABULARY; v++) {
                double slope = DERIVATIVES[row] * ((v == TARGETS[row] ? 1 : 0) - Math.exp(logits[v]) / sum);
                for (int e = 0; e < HIDDEN; e++) {
                    hiddenGradient[row * HIDDEN + e] += slope * WEIGHT[v * HIDDEN + e];
                    weightGradient[v * HIDDEN + e] += slope * HIDDEN_STATES[row * HIDDEN + e];
                }
            }
        }
        for (int i = 0; i < hiddenGradient.length; i++) {
            assertThat((double) result.hiddenGradient()[i]).isCloseTo(hiddenGradient[i], within(1e-5));
        }
        for (int i = 0; i < weightGradient.length; i++) {
            assertThat((double) result.weightGradient()[i]).isCloseTo(weightGradient[i], within(1e-5));
        }
    }

    /// Nothing, some chunks, all but a part of the last, everything.
    @ParameterizedTest
    @ValueSource(longs = {0, 5 * VOCABULARY, 14 * VOCABULARY, 22 * VOCABULARY, ROWS * VOCABULARY})
    void keptLogitsDoNotShow(long keptElements) {
        float[] some = DERIVATIVES.clone();
        some[1] = 0;
        Arrays.fill(some, 10, 15, 0); // a whole chunk
        for (float[] derivatives : List.of(DERIVATIVES, some)) {
            Result recomputed = run(derivatives, 1 << 20);
            Result kept = run(derivatives, keptElements, 5 * VOCABULARY);
            assertClose(kept.logProbs(), recomputed.logProbs());
            assertClose(kept.hiddenGradient(), recomputed.hiddenGradient());
            assertClose(kept.weightGradient(), recomputed.weightGradient());
        }
    }

    /// Passes share one budget and give it back.
    @Test
    void budgetIsSharedAndGivenBack() {
        Memory.run(() -> {
            Tensor hidden = HostTensors.floats(HIDDEN_STATES).view(ROWS, HIDDEN);
            long chunk = 10 * VOCABULARY;
            try (Weight weight = weight()) {
                VocabularyHead head = new VocabularyHead(weight, chunk, chunk);
                long before = Owned.liveCount();
                for (int round = 0; round < 2; round++) {
                    try (VocabularyHead.Pass first = head.forward(hidden, TARGETS);
                            VocabularyHead.Pass second = head.forward(hidden, TARGETS)) {
                        assertThat(Owned.liveCount() - before).isEqualTo(1);
                        first.backward(hidden, DERIVATIVES);
                        assertThat(Owned.liveCount() - before).isZero();
                        second.backward(hidden, DERIVATIVES);
                    }
                }
            }
        });
    }

    @Test
    void rowsWithoutDerivative() {
        float[] some = DERIVATIVES.clone();
        for (int row = 0; row < ROWS; row += 2) {
            some[row] = 0;
        }
        Result result = run(some, 5 * VOCABULARY);
        Result whole = run(DERIVATIVES, 1 << 20);
        for (int i = 0; i < result.hiddenGradient().length; i++) {
            boolean without = some[i / HIDDEN] == 0;
            assertThat(result.hiddenGradient()[i])
                    .isCloseTo(without ? 0 : whole.hiddenGradient()[i], within(without ? 0f : 1e-5f));
        }
    }

    private static Result run(float[] derivatives, long chunkElements) {
        return run(derivatives, 0, chunkElements);
    }

    private static Result run(float[] derivatives, long keptElements, long chunkElements) {
        return Memory.compute(() -> {
            Tensor hidden = HostTensors.floats(HIDDEN_STATES).view(ROWS, HIDDEN);
            try (Weight weight = weight()) {
                VocabularyHead head = new VocabularyHead(weight, keptElements, chunkElements);
                VocabularyHead.Pass pass = head.forward(hidden, TARGETS);
                assertThat(head.logProbs(hidden, TARGETS)).isEqualTo(pass.logProbs());
                float[] hiddenGradient = Tensors.toFloats(pass.backward(hidden, derivatives));
                pass.close();
                return new Result(
                        pass.logProbs(),
                        hiddenGradient,
                        Tensors.toFloats(weight.values().grad()));
            }
        });
    }

    private static Weight weight() {
        return TestWeights.dense(Memory.keep(
                "head",
                () -> HostTensors.floats(WEIGHT).view(VOCABULARY, HIDDEN).requires_grad_(true)));
    }

    private static void assertClose(float[] actual, float[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertThat(actual[i]).isCloseTo(expected[i], within(2e-6f * Math.max(1, Math.abs(expected[i]))));
        }
    }

    private static float[] gaussian(int length) {
        float[] values = new float[length];
        for (int i = 0; i < length; i++) {
            values[i] = (float) RANDOM.nextGaussian();
        }
        return values;
    }
}
