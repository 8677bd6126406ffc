package org.betatron.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.betatron.core.RandomStreams;
import org.betatron.core.model.Decoder;
import org.betatron.core.model.ForwardPass;
import org.betatron.core.model.OptimizerSpec;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.model.TokenQuantity;
import org.betatron.testkit.RandomBatches;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.compute.Recompute;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.optimizer.TorchOptimizer;
import org.betatron.torch.tensor.DataType;
import org.betatron.torch.tensor.Tensors;
import org.betatron.torch.weight.Gradients;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Weights kept in bf16 against float32 weights that hold the same numbers: products of them are the same, in bf16 and
/// in float32, for which they are widened. Products in bf16 are those of this processor: float32 on some.
class Bf16WeightsTest {

    private static final PackedBatch BATCH = RandomBatches.batch(6, 12, 2, TinyModels.VOCABULARY, 19);

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "BF16, gpt_neox, 1, SELECTIVE, false",
        "BF16, gpt_neox, 2, FULL, true",
        "BF16, llama, 1, FULL, false",
        "BF16, llama, 3, SELECTIVE, true",
        "FP32, gpt_neox, 1, SELECTIVE, false",
        "FP32, llama, 2, FULL, true",
        "FP32, llama, 3, FULL, false"
    })
    void nothingButTheFormatDiffers(
            DataType precision, String architecture, int lanes, Recompute recompute, boolean tied) throws IOException {
        begin(architecture, tied);
        try (TorchLanguageModel full =
                        load(compute(DataType.FP32, lanes, recompute).withPrecision(precision));
                TorchLanguageModel half =
                        load(compute(DataType.BF16, lanes, recompute).withPrecision(precision))) {
            assertThat(types(full)).doesNotContainValue(ScalarType.BFloat16);
            types(half)
                    .forEach((name, type) -> assertThat(type)
                            .as(name)
                            .isEqualTo(
                                    name.endsWith(".bias") || name.contains("norm")
                                            ? ScalarType.Float
                                            : ScalarType.BFloat16));
            assertThat(half.score(BATCH).logProbs()).isEqualTo(full.score(BATCH).logProbs());
            Map<String, float[]> expected = gradients(full);
            Map<String, float[]> found = gradients(half);
            expected.forEach(
                    (name, gradient) -> assertThat(found.get(name)).as(name).isEqualTo(gradient));
            assertThat(firstLogits(half)).isEqualTo(firstLogits(full));
        }
    }

    /// Micro-batches add up in float32: in bf16 every one after the 256th of the same gradient would be lost.
    @Test
    void gradientsAddUpInFloat32() throws IOException {
        begin("gpt_neox", false, 1, 32);
        PackedBatch small = RandomBatches.batch(1, 2, 2, TinyModels.VOCABULARY, 5);
        int times = 300;
        try (TorchLanguageModel model = load(compute(DataType.BF16, 1, Recompute.SELECTIVE))) {
            Map<String, float[]> one = gradients(model, small, 2);
            Map<String, float[]> many = gradients(model, small, times);
            one.forEach((name, gradient) -> {
                float[] sum = Objects.requireNonNull(many.get(name), name);
                for (int i = 0; i < sum.length; i++) {
                    assertThat(sum[i] / times).as(name).isCloseTo(gradient[i] / 2, within(1e-3f * largest(gradient)));
                }
            });
        }
    }

    @Test
    void trainingFollowsThatOfFullWeights() throws IOException {
        begin("llama", false, 2, 64);
        int steps = 60;
        float[] full = losses(compute(DataType.FP32, 2, Recompute.SELECTIVE), steps);
        assertThat(full[steps - 1]).isLessThan(0.8f * full[0]);
        for (DataType[] formats : new DataType[][] {
            {DataType.FP32, DataType.BF16}, {DataType.BF16, DataType.BF16}, {DataType.BF16, DataType.FP32}
        }) {
            ComputeSpec compute = compute(DataType.BF16, 2, Recompute.SELECTIVE)
                    .withMoments(formats[0])
                    .withPrecision(formats[1]);
            float[] half = losses(compute, steps);
            for (int step = 0; step < steps; step++) {
                assertThat(half[step])
                        .as("moments in %s, products in %s, step %d", formats[0], formats[1], step)
                        .isCloseTo(full[step], within(0.01f * full[0]));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"gpt_neox, FP32", "llama, BF16"})
    void resumedEqualsUninterrupted(String architecture, DataType moments) throws IOException {
        begin(architecture, false);
        OptimizerSpec spec = moments == DataType.FP32 ? OptimizerSpec.RmsProp.DEFAULT : OptimizerSpec.AdamW.DEFAULT;
        ComputeSpec compute = TestDevice.PLAIN
                .withPrecision(DataType.BF16)
                .withWeights(DataType.BF16)
                .withKeptLogitsMiB(1)
                .withShortLastLayer(true)
                .withRecompute(Recompute.SELECTIVE)
                .withMoments(moments)
                .withLanes(2);
        Path saved = directory.resolve("saved");
        Path state = directory.resolve("optimizer.safetensors");
        try (TorchLanguageModel model = load(compute);
                TorchOptimizer optimizer = model.optimizer(spec)) {
            step(model, optimizer);
            step(model, optimizer);
            model.save(saved);
            optimizer.save(state);
            step(model, optimizer);
            try (TorchLanguageModel resumed = TorchLanguageModel.load(saved, compute);
                    TorchOptimizer ofResumed = resumed.optimizer(spec)) {
                ofResumed.load(state);
                step(resumed, ofResumed);
                assertThat(numbers(resumed)).isEqualTo(numbers(model));
            }
        }
    }

    @Test
    void rewardModelsScoreAlikeAndLearn() throws IOException {
        begin("gpt_neox", false);
        try (TorchRewardModel full =
                        TorchRewardModel.begin(model(), -1, 1, compute(DataType.FP32, 1, Recompute.SELECTIVE));
                TorchRewardModel half =
                        TorchRewardModel.begin(model(), -1, 1, compute(DataType.BF16, 1, Recompute.SELECTIVE));
                TorchOptimizer optimizer = half.optimizer(OptimizerSpec.AdamW.DEFAULT)) {
            assertThat(types(half)).containsEntry("score.weight", ScalarType.Float);
            float[] before = half.score(BATCH).of(TokenQuantity.SCORE);
            assertThat(before).isEqualTo(full.score(BATCH).of(TokenQuantity.SCORE));
            try (ForwardPass pass = half.forward(BATCH)) {
                pass.backward(Map.of(TokenQuantity.SCORE, derivatives(BATCH)));
            }
            optimizer.step(1e-2, 1);
            assertThat(half.score(BATCH).of(TokenQuantity.SCORE)).isNotEqualTo(before);
        }
    }

    @Test
    void filesOfOneFormatFitWeightsOfTheOther() throws IOException {
        ComputeSpec half = compute(DataType.BF16, 1, Recompute.SELECTIVE);
        try (TorchLanguageModel model = TinyModels.model("gpt_neox", 3)) {
            model.save(model());
        }
        Path asBf16 = directory.resolve("bf16");
        Path asFp32 = directory.resolve("fp32");
        try (TorchLanguageModel rounded = load(half)) {
            rounded.save(asBf16, DataType.BF16);
            rounded.save(asFp32, DataType.FP32);
            assertThat(Files.readString(asBf16.resolve("config.json"))).contains("\"torch_dtype\" : \"bfloat16\"");
            try (TorchLanguageModel again = TorchLanguageModel.load(asBf16, half);
                    TorchLanguageModel exact = TorchLanguageModel.load(asFp32, half);
                    TorchLanguageModel wide =
                            TorchLanguageModel.load(asBf16, compute(DataType.FP32, 1, Recompute.SELECTIVE))) {
                assertThat(numbers(exact)).isEqualTo(numbers(rounded));
                assertThat(numbers(again)).isEqualTo(numbers(rounded));
                assertThat(numbers(wide)).isEqualTo(numbers(rounded));
            }
        }
    }

    /// An embedding and a head of 32 MiB each that nobody has read yet.
    @Test
    void bf16FilesStayMapped() throws IOException {
        ComputeSpec half = compute(DataType.BF16, 1, Recompute.SELECTIVE);
        try (TorchLanguageModel model = TorchLanguageModel.initialize(
                TinyModels.neox().put("vocab_size", 1 << 18).put("hidden_size", 64), "wide", 1, half)) {
            model.save(model(), DataType.BF16);
        }
        try (TorchLanguageModel mapped = load(half);
                TorchLanguageModel read = load(compute(DataType.FP32, 1, Recompute.SELECTIVE))) {
            assertThat(ResidentMemory.of(mapped.weights().values().values())).isLessThan(1 << 20);
            assertThat(ResidentMemory.of(read.weights().values().values())).isGreaterThanOrEqualTo(128 << 20);
        }
    }

    @Test
    void aModelThatMovesKeepsFloat32() throws IOException {
        begin("llama", false);
        try (TorchLanguageModel full = load(compute(DataType.FP32, 1, Recompute.SELECTIVE));
                TorchLanguageModel half = load(compute(DataType.BF16, 1, Recompute.SELECTIVE));
                TorchOptimizer optimizer = half.optimizer(OptimizerSpec.AdamW.DEFAULT)) {
            for (int i = 0; i < 3; i++) {
                step(half, optimizer);
            }
            assertThat(numbers(full)).isNotEqualTo(numbers(half));
            full.moveTowards(half, 1);
            assertThat(numbers(full)).isEqualTo(numbers(half));
            assertThatExceptionOfType(IllegalStateException.class)
                    .isThrownBy(() -> half.moveTowards(full, 0.5))
                    .withMessage("a model that moves towards another one must keep its weights in fp32 but keeps them"
                            + " in bfloat16");
        }
    }

    private Path model() {
        return directory.resolve("model");
    }

    /// Saves a model whose weights are bf16 numbers.
    private void begin(String architecture, boolean tied) throws IOException {
        begin(architecture, tied, 3, 64);
    }

    private void begin(String architecture, boolean tied, int layers, int width) throws IOException {
        try (TorchLanguageModel model = TorchLanguageModel.initialize(
                TinyModels.config(architecture)
                        .put("num_hidden_layers", layers)
                        .put("hidden_size", width)
                        .put("tie_word_embeddings", tied)
                        .put("initializer_range", 0.1),
                "random",
                5,
                TestDevice.in(DataType.FP32))) {
            model.save(model(), DataType.BF16);
        }
    }

    private TorchLanguageModel load(ComputeSpec compute) {
        return TorchLanguageModel.load(model(), compute);
    }

    private static ComputeSpec compute(DataType weights, int lanes, Recompute recompute) {
        return TestDevice.PLAIN
                .withPrecision(DataType.BF16)
                .withWeights(weights)
                .withKeptLogitsMiB(1)
                .withShortLastLayer(true)
                .withRecompute(recompute)
                .withLanes(lanes);
    }

    private float[] losses(ComputeSpec compute, int steps) {
        float[] losses = new float[steps];
        try (TorchLanguageModel model = load(compute);
                TorchOptimizer optimizer = model.optimizer(OptimizerSpec.AdamW.DEFAULT)) {
            for (int i = 0; i < steps; i++) {
                losses[i] = step(model, optimizer);
            }
        }
        return losses;
    }

    /// @return negative log-likelihood per token before the step, nats
    private static float step(TorchLanguageModel model, TorchOptimizer optimizer) {
        float[] derivatives = new float[BATCH.numResponseTokens()];
        Arrays.fill(derivatives, -1f / derivatives.length);
        try (ForwardPass pass = model.forward(BATCH)) {
            pass.backward(derivatives);
            float sum = 0;
            for (float logProb : pass.numbers().logProbs()) {
                sum += logProb;
            }
            optimizer.step(1e-4, 1);
            return -sum / derivatives.length;
        }
    }

    private static Map<String, float[]> gradients(TorchLanguageModel model) {
        return gradients(model, BATCH, 2);
    }

    /// @return the gradients of a batch that many times
    private static Map<String, float[]> gradients(TorchLanguageModel model, PackedBatch batch, int times) {
        float[] derivatives = derivatives(batch);
        for (int i = 0; i < times; i++) {
            try (ForwardPass pass = model.forward(batch)) {
                pass.backward(derivatives);
            }
        }
        Map<String, float[]> gradients = new LinkedHashMap<>();
        Memory.run(() -> model.weights()
                .values()
                .forEach((name, weight) -> gradients.put(name, Tensors.toFloats(Gradients.dense(weight)))));
        model.weights().clearGradients();
        return gradients;
    }

    private static Map<String, ScalarType> types(TorchModel model) {
        Map<String, ScalarType> types = new LinkedHashMap<>();
        Memory.run(() -> model.weights().values().forEach((name, weight) -> types.put(name, Tensors.typeOf(weight))));
        return types;
    }

    private static Map<String, String> numbers(TorchLanguageModel model) {
        Map<String, String> numbers = new LinkedHashMap<>();
        Memory.run(() -> model.weights()
                .values()
                .forEach((name, weight) -> numbers.put(name, Arrays.toString(Tensors.toFloats(weight)))));
        return numbers;
    }

    private static float[] firstLogits(TorchLanguageModel model) {
        try (Decoder decoder = model.startDecoding()) {
            return decoder.append(new int[] {decoder.begin()}, new int[][] {{1, 2, 3}})[0];
        }
    }

    private static float largest(float[] values) {
        float largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    private static float[] derivatives(PackedBatch batch) {
        RandomGenerator random = RandomStreams.stream(8, "derivatives", 0);
        float[] derivatives = new float[batch.numResponseTokens()];
        for (int i = 0; i < derivatives.length; i++) {
            derivatives[i] = (float) random.nextGaussian();
        }
        return derivatives;
    }
}
