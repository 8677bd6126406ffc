package org.betatron.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.betatron.core.model.Decoder;
import org.betatron.core.model.ForwardPass;
import org.betatron.core.model.Optimizer;
import org.betatron.core.model.OptimizerSpec;
import org.betatron.core.model.PackedBatch;
import org.betatron.testkit.RandomBatches;
import org.betatron.torch.device.NativeLibraries;
import org.betatron.torch.error.ModelException;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.memory.Owned;
import org.betatron.torch.tensor.DataType;
import org.betatron.torch.tensor.Tensors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TorchLanguageModelTest {

    private static final PackedBatch BATCH = RandomBatches.batch(7, 4, 2, TinyModels.VOCABULARY, 12);

    @Test
    void tokenOutsideTheVocabulary() {
        try (TorchLanguageModel model = TinyModels.model("gpt_neox", 1);
                Decoder decoder = model.startDecoding()) {
            int sequence = decoder.begin();
            for (int id : new int[] {-1, 101}) {
                String message = "token id must be in [0, 101), the model's vocabulary, but was " + id
                        + ": does the tokenizer belong to this model?";
                PackedBatch batch = PackedBatch.builder()
                        .add(new int[] {1}, new int[] {2, id})
                        .build();
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> model.score(batch))
                        .withMessage(message);
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> model.forward(batch))
                        .withMessage(message);
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> decoder.append(sequence, id))
                        .withMessage(message);
            }
        }
    }

    @Test
    void sequenceLongerThanThePositions() {
        try (TorchLanguageModel model = TinyModels.model("gpt_neox", 1);
                Decoder decoder = model.startDecoding()) {
            PackedBatch longest = PackedBatch.builder()
                    .add(new int[40], new int[24], new int[3])
                    .build();
            PackedBatch tooLong = PackedBatch.builder()
                    .add(new int[40], new int[3], new int[25])
                    .build();
            assertThat(model.score(longest).logProbs()).hasSize(27);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> model.score(tooLong))
                    .withMessage("prompt and response must have at most 64 tokens together, the model's positions,"
                            + " but had 65");
            int sequence = decoder.begin();
            decoder.append(sequence, new int[60]);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> decoder.append(sequence, new int[5]))
                    .withMessage("the sequence must have at most 64 tokens, the model's positions, but would have 65");
            assertThat(decoder.append(sequence, new int[4])).hasSize(101);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> decoder.append(sequence))
                    .withMessage("at least one token must be appended");
        }
    }

    @Test
    void gradientsMayBeChangedBeforeTheyAreUsed() {
        try (TorchLanguageModel model = TinyModels.model("gpt_neox", 1);
                Optimizer optimizer = model.optimizer(OptimizerSpec.AdamW.DEFAULT)) {
            try (ForwardPass pass = model.forward(BATCH)) {
                pass.backward(ones());
            }
            double norm = optimizer.gradientNorm();
            long[] count = {0};
            optimizer.changeGradients(gradient -> {
                count[0] += gradient.length;
                for (int i = 0; i < gradient.length; i++) {
                    gradient[i] *= 2;
                }
            });
            assertThat(count[0]).isEqualTo(model.numParameters());
            assertThat(optimizer.gradientNorm()).isCloseTo(2 * norm, within(1e-4 * norm));
        }
    }

    @Test
    void derivativesAreChecked() {
        try (TorchLanguageModel model = TinyModels.model("gpt_neox", 1);
                Optimizer optimizer = model.optimizer(OptimizerSpec.AdamW.DEFAULT);
                ForwardPass pass = model.forward(BATCH)) {
            int length = BATCH.numResponseTokens();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> pass.backward(new float[length - 1]))
                    .withMessage("derivatives must have one entry per response token (" + length + ") but had "
                            + (length - 1));
            float[] derivatives = new float[length];
            derivatives[3] = Float.NaN;
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> pass.backward(derivatives))
                    .withMessage("derivatives must be finite but entry 3 was NaN");
            derivatives[3] = Float.NEGATIVE_INFINITY;
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> pass.backward(derivatives))
                    .withMessage("derivatives must be finite but entry 3 was -Infinity");
            assertThat(optimizer.gradientNorm()).isZero();
            derivatives[3] = 1;
            pass.backward(derivatives); // a refused call does not use the pass up
            assertThat(optimizer.gradientNorm()).isPositive();
        }
    }

    @Test
    void backwardOnceAndNotAfterClose() {
        try (TorchLanguageModel model = TinyModels.model("gpt_neox", 1)) {
            ForwardPass pass = model.forward(BATCH);
            float[] derivatives = ones();
            pass.backward(derivatives);
            assertThatIllegalStateException()
                    .isThrownBy(() -> pass.backward(derivatives))
                    .withMessage("backward may be called once per forward pass");
            pass.close();
            assertThatIllegalStateException()
                    .isThrownBy(() -> pass.backward(derivatives))
                    .withMessage("backward was called after the forward pass was closed");
            assertThat(pass.numbers().logProbs()).hasSize(BATCH.numResponseTokens());
        }
    }

    @Test
    void useAfterClose(@TempDir Path directory) {
        TorchLanguageModel model = TinyModels.model("gpt_neox", 1);
        Optimizer optimizer = model.optimizer(OptimizerSpec.AdamW.DEFAULT);
        Decoder open = model.startDecoding();
        Decoder closed = model.startDecoding();
        closed.append(closed.begin(), 1);
        closed.close();
        closed.close();
        assertThatIllegalStateException()
                .isThrownBy(() -> closed.append(0, 1))
                .withMessage("the decoder was used after it was closed");
        model.close();
        model.close();
        String message = "tensor 'gpt_neox.embed_in.weight' was used after it was closed";
        assertThatIllegalStateException().isThrownBy(() -> model.score(BATCH)).withMessage(message);
        assertThatIllegalStateException().isThrownBy(() -> model.forward(BATCH)).withMessage(message);
        assertThatIllegalStateException().isThrownBy(model::startDecoding).withMessage(message);
        assertThatIllegalStateException().isThrownBy(() -> open.append(0, 1)).withMessage(message);
        assertThatIllegalStateException()
                .isThrownBy(() -> model.save(directory))
                .withMessage(message);
        assertThatIllegalStateException()
                .isThrownBy(() -> optimizer.step(0.1, 1))
                .withMessage(message);
        open.close();
        optimizer.close();
    }

    @Test
    void halfPrecisionIsNotForComputing(@TempDir Path directory) {
        String message = "precision must be fp32 or bf16 but was fp16, whose range is too small without loss scaling";
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TorchLanguageModel.initialize(TinyModels.neox(), "here", 1, DataType.FP16))
                .withMessage(message);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TorchLanguageModel.load(directory, TestDevice.in(DataType.FP16)))
                .withMessage(message);
    }

    /// libtorch notices that the weights are no longer those that the pass was computed with.
    @Test
    void refusalOfLibtorchIsOneLine() {
        try (TorchLanguageModel model = TinyModels.model("llama", 1);
                Optimizer optimizer = model.optimizer(OptimizerSpec.AdamW.DEFAULT);
                ForwardPass stale = model.forward(BATCH)) {
            try (ForwardPass pass = model.forward(BATCH)) {
                pass.backward(ones());
            }
            optimizer.step(0.1, 1);
            assertThatExceptionOfType(ModelException.class)
                    .isThrownBy(() -> stale.backward(ones()))
                    .withMessageMatching("differentiating 4 prompts with 8 responses \\(" + BATCH.numTokens()
                            + " tokens\\) failed in libtorch: one of the variables needed for gradient computation has"
                            + " been modified by an inplace operation: .*")
                    .withMessageNotContaining("\n")
                    .withCauseExactlyInstanceOf(RuntimeException.class);
        }
    }

    @Test
    void hugeModelIsRefusedInOneLine() {
        long live = Owned.liveCount();
        assertThatExceptionOfType(ModelException.class)
                .isThrownBy(() -> TorchLanguageModel.initialize(
                        TinyModels.neox().put("vocab_size", 2_000_000_000).put("intermediate_size", 2_000_000_000),
                        "huge",
                        1,
                        DataType.FP32))
                .withMessageMatching(
                        "making the \\d+ weights of huge failed in libtorch: no memory for another [\\d,]+ MiB; .*")
                .withMessageNotContaining("\n");
        assertThat(Owned.liveCount()).isEqualTo(live);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt_neox", "llama", "gemma2", "gpt2"})
    void equalSeedsGiveEqualWeights(String architecture) {
        try (TorchLanguageModel first = TinyModels.model(architecture, 1);
                TorchLanguageModel second = TinyModels.model(architecture, 1);
                TorchLanguageModel other = TinyModels.model(architecture, 2)) {
            assertThat(weights(second)).isEqualTo(weights(first));
            assertThat(weights(other)).isNotEqualTo(weights(first));
        }
    }

    @ParameterizedTest
    @CsvSource({"gpt_neox, 1", "llama, 1", "gpt_neox, 2", "llama, 2"})
    void equalStepsGiveEqualWeights(String architecture, int numThreads) {
        int before = NativeLibraries.threads();
        NativeLibraries.setThreads(numThreads);
        try {
            assertThat(trained(architecture)).isEqualTo(trained(architecture));
        } finally {
            NativeLibraries.setThreads(before);
        }
    }

    private static Map<String, String> trained(String architecture) {
        try (TorchLanguageModel model = TinyModels.model(architecture, 1);
                Optimizer optimizer = model.optimizer(OptimizerSpec.AdamW.DEFAULT)) {
            for (int step = 0; step < 3; step++) {
                try (ForwardPass pass = model.forward(BATCH)) {
                    pass.backward(ones());
                }
                optimizer.step(0.01, 0.5);
            }
            return weights(model);
        }
    }

    /// Maximises the likelihood of one batch: plain supervised fine-tuning.
    @ParameterizedTest
    @CsvSource({"gpt_neox, FP32", "llama, FP32", "gpt_neox, BF16", "llama, BF16"})
    void overfitsOneBatch(String architecture, DataType compute) {
        try (TorchLanguageModel model =
                        TorchLanguageModel.initialize(TinyModels.config(architecture), "tiny", 1, compute);
                Optimizer optimizer = model.optimizer(OptimizerSpec.AdamW.DEFAULT)) {
            float[] derivatives = ones();
            for (int i = 0; i < derivatives.length; i++) {
                derivatives[i] = -1f / derivatives.length;
            }
            double first = 0;
            double last = 0;
            for (int step = 0; step < 30; step++) {
                try (ForwardPass pass = model.forward(BATCH)) {
                    last = loss(pass.numbers().logProbs());
                    first = step == 0 ? last : first;
                    pass.backward(derivatives);
                }
                assertThat(optimizer.gradientNorm()).isPositive().isFinite();
                optimizer.step(0.01, 1);
            }
            assertThat(first).isGreaterThan(4); // log 101 = 4.6 nats for a uniform guess
            assertThat(last).isLessThan(1);
        }
    }

    private static double loss(float[] logProbs) {
        double sum = 0;
        for (float logProb : logProbs) {
            sum -= logProb;
        }
        return sum / logProbs.length;
    }

    private static float[] ones() {
        float[] ones = new float[BATCH.numResponseTokens()];
        Arrays.fill(ones, 1);
        return ones;
    }

    /// @return all bits of all weights
    private static Map<String, String> weights(TorchLanguageModel model) {
        return Memory.compute(() -> {
            Map<String, String> copies = new LinkedHashMap<>();
            model.weights()
                    .values()
                    .forEach((name, weight) -> copies.put(name, Arrays.toString(Tensors.toFloats(weight))));
            return copies;
        });
    }
}
