package org.betatron.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.betatron.core.RandomStreams;
import org.betatron.core.model.Decoder;
import org.betatron.core.model.ForwardPass;
import org.betatron.core.model.Optimizer;
import org.betatron.core.model.OptimizerSpec;
import org.betatron.core.model.PackedBatch;
import org.betatron.testkit.RandomBatches;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.device.Processor;
import org.betatron.torch.memory.Owned;
import org.betatron.torch.tensor.DataType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Many sequences at once: each computes what it computes alone, whatever the others do.
class DecodingTest {

    private static final int STEPS = 30;

    /// Sequences of different lengths that begin and end at different times, against the same one
    /// by
    /// one: equal bit for bit.
    @ParameterizedTest
    @ValueSource(strings = {"gpt_neox", "llama", "gemma2", "gpt2"})
    void companyDoesNotChangeASequence(String architecture) {
        int[][] prompts = prompts(13, 30);
        try (TorchLanguageModel model = TinyModels.model(architecture, 3)) {
            List<float[][]> alone = new ArrayList<>();
            for (int[] prompt : prompts) {
                alone.addAll(greedy(model, 1, prompt));
            }
            for (int atOnce : new int[] {2, 5, 13}) {
                List<float[][]> together = greedy(model, atOnce, prompts);
                for (int i = 0; i < prompts.length; i++) {
                    for (int step = 0; step < steps(i); step++) {
                        assertThat(Arrays.equals(together.get(i)[step], alone.get(i)[step]))
                                .as("step %d of sequence %d, %d at once", step, i, atOnce)
                                .isTrue();
                    }
                }
            }
        }
    }

    /// An update would make others of them, and needs the memory.
    @Test
    void weightsLaidOutForDecodingAreLetGoBeforeAnUpdate() {
        PackedBatch batch = RandomBatches.batch(2, 5, 2, TinyModels.VOCABULARY, 12);
        try (TorchLanguageModel model = TinyModels.model("llama", 3)) {
            model.forward(batch).close(); // makes the rotary table, which the model keeps
            long live = Owned.liveCount();
            float[] before;
            try (Decoder decoder = model.startDecoding()) {
                int sequence = decoder.begin();
                decoder.append(sequence, 1);
                model.forward(batch).close();
                // Still in use.
                before = decoder.append(sequence, 2);
            }
            model.forward(batch).close();
            assertThat(Owned.liveCount()).isEqualTo(live);
            try (Decoder decoder = model.startDecoding()) {
                assertThat(decoder.append(decoder.begin(), 1, 2)).containsExactly(before, within(1e-5f));
            }
        }
    }

    /// Past the first place of the cache, across two moves.
    @ParameterizedTest
    @CsvSource({
        "gpt_neox, FP32, FP32, true",
        "gpt_neox, FP32, FP32, false",
        "llama, FP32, FP32, true",
        "llama, FP32, FP32, false",
        "llama, FP32, BF16, false",
        "gpt_neox, BF16, BF16, true",
        "llama, BF16, FP32, true",
        "llama, BF16, BF16, false"
    })
    void logitsEqualScoring(String architecture, DataType precision, DataType weights, boolean packed) {
        Processor processor = Processor.here();
        assumeTrue(!packed || (precision == DataType.FP32 ? processor.packsFloat32() : processor.packsBf16()));
        float tolerance = precision == DataType.FP32 ? 3e-5f : 0.06f;
        RandomGenerator random = RandomStreams.stream(5, "tokens", 0);
        int[] tokens = random.ints(64, 0, TinyModels.VOCABULARY).toArray();
        ComputeSpec compute = TestDevice.in(precision).withWeights(weights).withPacked(packed);
        try (TorchLanguageModel model =
                        TorchLanguageModel.initialize(TinyModels.config(architecture), "tiny", 4, compute);
                Decoder decoder = model.startDecoding()) {
            float[] scored = model.score(PackedBatch.builder()
                            .add(Arrays.copyOf(tokens, 1), Arrays.copyOfRange(tokens, 1, 64))
                            .build())
                    .logProbs();
            int sequence = decoder.begin();
            int company = decoder.begin();
            decoder.append(company, 1, 2, 3);
            for (int i = 0; i < 63; i++) {
                float[] logits = i % 3 == 0
                        ? decoder.append(new int[] {company, sequence}, new int[][] {{i % 7}, {tokens[i]}})[1]
                        : decoder.append(sequence, tokens[i]);
                assertThat(logProb(logits, tokens[i + 1])).isCloseTo(scored[i], within((double) tolerance));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt_neox", "llama", "gemma2", "gpt2"})
    void forkContinuesLikeTheOriginal(String architecture) {
        try (TorchLanguageModel model = TinyModels.model(architecture, 3);
                Decoder decoder = model.startDecoding()) {
            int first = decoder.begin();
            decoder.append(first, 4, 5, 6);
            int second = decoder.fork(first);
            decoder.append(first, 7);
            int third = decoder.fork(first);
            assertThat(decoder.append(third, 8)).isEqualTo(decoder.append(first, 8));
            assertThat(decoder.append(second, 7)).isNotEqualTo(decoder.append(first, 7));

            int fresh = decoder.begin();
            decoder.append(fresh, 4, 5, 6);
            decoder.append(fresh, 7);
            assertThat(decoder.length(fresh)).isEqualTo(decoder.length(second));
            assertThat(decoder.append(second, 9)).isEqualTo(decoder.append(fresh, 9));
        }
    }

    /// Weights are laid out anew for decoding, which must not outlive their values.
    @Test
    void decodingUsesTheWeightsOfTheDay() {
        PackedBatch batch =
                PackedBatch.builder().add(new int[] {1, 2}, new int[] {3}).build();
        try (TorchLanguageModel model = TinyModels.model("gpt_neox", 3);
                Optimizer optimizer = model.optimizer(OptimizerSpec.AdamW.DEFAULT)) {
            double before = firstLogProb(model);
            assertThat(before).isCloseTo(model.score(batch).logProbs()[0], within(3e-5));
            try (ForwardPass pass = model.forward(batch)) {
                pass.backward(new float[] {-1});
            }
            optimizer.step(0.05, 1);
            double after = firstLogProb(model);
            assertThat(after)
                    .isGreaterThan(before + 0.1)
                    .isCloseTo(model.score(batch).logProbs()[0], within(3e-5));
        }
    }

    private static double firstLogProb(TorchLanguageModel model) {
        try (Decoder decoder = model.startDecoding()) {
            return logProb(decoder.append(decoder.begin(), 1, 2), 3);
        }
    }

    @Test
    void refusedTokensChangeNothing() {
        try (TorchLanguageModel model = TinyModels.model("gpt_neox", 3);
                Decoder decoder = model.startDecoding()) {
            int first = decoder.begin();
            int second = decoder.begin();
            decoder.append(first, 1, 2);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> decoder.append(new int[] {first, second}, new int[][] {{3}, {101}}))
                    .withMessageStartingWith("token id must be in [0, 101)");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> decoder.append(new int[] {first, first}, new int[][] {{3}, {4}}))
                    .withMessage("a sequence may be appended to once per call");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> decoder.append(7, 1))
                    .withMessage("there is no sequence 7, or it has ended");
            assertThat(decoder.length(first)).isEqualTo(2);
            decoder.end(second);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> decoder.append(second, 1))
                    .withMessage("there is no sequence 1, or it has ended");
        }
    }

    /// @return by prompt the logits of every step
    private static List<float[][]> greedy(TorchLanguageModel model, int atOnce, int[]... prompts) {
        List<float[][]> all = new ArrayList<>();
        for (int i = 0; i < prompts.length; i++) {
            all.add(new float[steps(i)][]);
        }
        List<Integer> waiting = new ArrayList<>();
        for (int i = 0; i < prompts.length; i++) {
            waiting.add(i);
        }
        try (Decoder decoder = model.startDecoding()) {
            List<int[]> active = new ArrayList<>(); // prompt, sequence, steps done
            while (!waiting.isEmpty() || !active.isEmpty()) {
                while (active.size() < atOnce && !waiting.isEmpty()) {
                    active.add(new int[] {waiting.removeFirst(), decoder.begin(), 0});
                }
                int[][] tokens = active.stream()
                        .map(it -> it[2] == 0 ? prompts[it[0]] : new int[] {best(all.get(it[0])[it[2] - 1])})
                        .toArray(int[][]::new);
                float[][] logits =
                        decoder.append(active.stream().mapToInt(it -> it[1]).toArray(), tokens);
                for (int i = 0; i < logits.length; i++) {
                    int[] it = active.get(i);
                    all.get(it[0])[it[2]++] = logits[i];
                    if (it[2] == steps(it[0])) {
                        decoder.end(it[1]);
                    }
                }
                active.removeIf(it -> it[2] == steps(it[0]));
            }
        }
        return all;
    }

    private static int steps(int prompt) {
        return STEPS - prompt;
    }

    private static int[][] prompts(int count, int maxLength) {
        int[][] prompts = new int[count][];
        for (int i = 0; i < count; i++) {
            prompts[i] = RandomBatches.tokens(RandomStreams.stream(8, "prompt", i), TinyModels.VOCABULARY, maxLength);
        }
        return prompts;
    }

    private static int best(float[] logits) {
        int best = 0;
        for (int token = 1; token < logits.length; token++) {
            best = logits[token] > logits[best] ? token : best;
        }
        return best;
    }

    private static double logProb(float[] logits, int token) {
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp((double) logit - logits[token]);
        }
        return -Math.log(sum);
    }
}
