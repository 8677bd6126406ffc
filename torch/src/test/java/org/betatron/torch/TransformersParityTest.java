package org.betatron.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.betatron.core.model.Decoder;
import org.betatron.core.model.ForwardPass;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.model.TokenNumbers;
import org.betatron.gguf.GgufFile;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.compute.Recompute;
import org.betatron.torch.device.Processor;
import org.betatron.torch.files.FileTensor;
import org.betatron.torch.files.SafetensorsFile;
import org.betatron.torch.files.SafetensorsWriter;
import org.betatron.torch.gguf.GgufConfig;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.tensor.DataType;
import org.betatron.torch.tensor.Tensors;
import org.betatron.torch.weight.Gradients;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Log-probabilities, gradients and greedy text against what `transformers` computed
/// (`parity/models.py`): float32 here against float64 there, on ragged batches whose prompts are shared
/// here and repeated there.
class TransformersParityTest {

    /// transformers' own float32 run differs from its float64 run by up to 4e-6; a wrong norm epsilon
    /// shows at 1.2e-4.
    private static final double LOG_PROB_TOLERANCE = 3e-5;

    /// Relative to the norm of a weight's gradient.
    private static final double GRADIENT_TOLERANCE = 1e-4;

    /// Those with gradients.
    static Stream<String> models() {
        return Stream.of(
                "gpt-neox-parallel",
                "gpt-neox-sequential",
                "llama-gqa-scaled",
                "llama-tied-bias",
                "qwen2-tied-yarn",
                "qwen2-window",
                "qwen3",
                "mistral-window",
                "gemma2",
                "gemma3",
                "phi3-longrope",
                "smollm3",
                "olmo2",
                "gpt2");
    }

    static Stream<String> modelsAndCopies() {
        return Stream.concat(
                models(), Stream.of("gpt-neox-parallel-bf16", "llama-gqa-scaled-fp16", "llama-gqa-scaled-sharded"));
    }

    @ParameterizedTest
    @MethodSource("modelsAndCopies")
    void logProbsAndGreedyText(String name) {
        RecordedModel recorded = RecordedModel.of(name);
        try (TorchLanguageModel model = TorchLanguageModel.load(recorded.directory(), TestDevice.in(DataType.FP32))) {
            assertLogProbs(model.score(recorded.packed()), recorded);
            assertLogProbs(model.score(recorded.unshared()), recorded);
            for (JsonNode greedy : recorded.greedy()) {
                assertThat(greedy(model, RecordedModel.ints(greedy.path("prompt")), 12))
                        .isEqualTo(RecordedModel.ints(greedy.path("continuation")));
            }
        }
    }

    /// `parity/gguf_models.py` wrote the same weights as llama.cpp lays them out, and tried them in llama.cpp.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "gpt-neox-parallel",
                "gpt-neox-sequential",
                "llama-tied-bias",
                "gpt-neox-parallel-bf16",
                "qwen2-tied-yarn",
                "qwen3",
                "olmo2"
            })
    void theSameWeightsInAGgufFile(String name, @TempDir Path directory) throws IOException {
        RecordedModel recorded = RecordedModel.of(name);
        Path file = Files.copy(recorded.directory().resolve("model.gguf"), directory.resolve("model.gguf"));
        try (GgufFile gguf = GgufFile.open(file)) {
            Files.writeString(
                    directory.resolve("config.json"), GgufConfig.of(gguf).toString());
        }
        try (TorchLanguageModel model = TorchLanguageModel.load(directory, TestDevice.in(DataType.FP32))) {
            assertLogProbs(model.score(recorded.packed()), recorded);
            for (JsonNode greedy : recorded.greedy()) {
                assertThat(greedy(model, RecordedModel.ints(greedy.path("prompt")), 12))
                        .isEqualTo(RecordedModel.ints(greedy.path("continuation")));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void configInTheSpellingOfTransformers4(String name, @TempDir Path copy) throws IOException {
        RecordedModel recorded = RecordedModel.of(name);
        Files.copy(recorded.directory().resolve("model.safetensors"), copy.resolve("model.safetensors"));
        Files.copy(
                recorded.directory().resolve("config.v4.json"),
                copy.resolve("config.json"),
                StandardCopyOption.REPLACE_EXISTING);
        try (TorchLanguageModel model = TorchLanguageModel.load(copy, TestDevice.in(DataType.FP32))) {
            assertLogProbs(model.score(recorded.packed()), recorded);
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void gradients(String name) throws IOException {
        RecordedModel recorded = RecordedModel.of(name);
        Map<String, float[]> expected = recorded.gradients();
        try (TorchLanguageModel model = TorchLanguageModel.load(recorded.directory(), TestDevice.in(DataType.FP32))) {
            assertThat(expected.keySet())
                    .containsExactlyInAnyOrderElementsOf(model.weights().names());
            assertGradients(gradients(model, recorded.packed(), recorded.coefficients()), expected);
            model.weights().clearGradients();
            assertGradients(gradients(model, recorded.unshared(), recorded.coefficients()), expected);
        }
    }

    /// Whatever is kept for the backward pass, and with one weight in each kind of place frozen.
    @ParameterizedTest
    @MethodSource("models")
    void gradientsHoweverLayersAreRun(String name) throws IOException {
        RecordedModel recorded = RecordedModel.of(name);
        for (Recompute recompute : Recompute.values()) {
            ComputeSpec compute = TestDevice.PLAIN
                    .withShortLastLayer(recompute != Recompute.FULL)
                    .withRecompute(recompute);
            try (TorchLanguageModel model = TorchLanguageModel.load(recorded.directory(), compute)) {
                assertGradients(gradients(model, recorded.packed(), recorded.coefficients()), recorded.gradients());
            }
            try (TorchLanguageModel model = TorchLanguageModel.load(recorded.directory(), compute)) {
                model.freeze(List.of("*.{layers,h}.0.*", "*.{embed_,wte}*"));
                Map<String, float[]> expected = recorded.gradients();
                expected.keySet().retainAll(model.weights().trainable().keySet());
                assertThat(expected).isNotEmpty();
                assertGradients(gradients(model, recorded.packed(), recorded.coefficients()), expected);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "gpt-neox-parallel, FP32",
        "gpt-neox-parallel, BF16",
        "llama-gqa-scaled, FP32",
        "llama-gqa-scaled, BF16",
        "llama-tied-bias, BF16",
        "qwen2-tied-yarn, BF16",
        "qwen3, FP32",
        "qwen3, BF16",
        "mistral-window, BF16",
        "gemma2, FP32",
        "gemma2, BF16",
        "gemma3, BF16",
        "phi3-longrope, BF16",
        "smollm3, BF16",
        "olmo2, BF16",
        "gpt2, FP32",
        "gpt2, BF16"
    })
    void bfloat16ComputeStaysNear(String name, DataType weights) {
        RecordedModel recorded = RecordedModel.of(name);
        ComputeSpec compute = TestDevice.in(DataType.BF16).withWeights(weights);
        try (TorchLanguageModel model = TorchLanguageModel.load(recorded.directory(), compute)) {
            float[] actual = model.score(recorded.packed()).logProbs();
            double[] expected = recorded.logProbs();
            double error = 0;
            for (int i = 0; i < actual.length; i++) {
                error += Math.abs(actual[i] - expected[i]) / actual.length;
            }
            // Eight significant bits against logits of a few nats; far above means a wrong cast, zero means none. That
            // is
            // as it should be where products are made in float32 and only weights are rounded, if at all.
            boolean rounds = weights == DataType.BF16 || Processor.here().multipliesBf16();
            assertThat(error).isBetween(rounds ? 1e-5 : 0, rounds ? 0.1 : 1e-5);
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void savedModelLoadsWithTheSameLogProbs(String name, @TempDir Path directory) throws IOException {
        RecordedModel recorded = RecordedModel.of(name);
        try (TorchLanguageModel model = TorchLanguageModel.load(recorded.directory(), TestDevice.in(DataType.FP32))) {
            model.save(directory);
            try (TorchLanguageModel again = TorchLanguageModel.load(directory, TestDevice.in(DataType.FP32))) {
                assertThat(again.score(recorded.packed()).logProbs())
                        .isEqualTo(model.score(recorded.packed()).logProbs());
                assertThat(again.remarks()).hasSameSizeAs(model.remarks());
            }
        }
    }

    /// As the files of GPT-2 on the Hugging Face hub are.
    @ParameterizedTest
    @ValueSource(strings = {"gpt2", "gemma2"})
    void filesOfAModelThatWasSavedWithoutItsHead(String name, @TempDir Path directory) throws IOException {
        RecordedModel recorded = RecordedModel.of(name);
        Files.copy(recorded.directory().resolve("config.json"), directory.resolve("config.json"));
        try (SafetensorsFile file = SafetensorsFile.open(recorded.directory().resolve("model.safetensors"))) {
            Map<String, Tensor> renamed = new LinkedHashMap<>();
            file.entries()
                    .keySet()
                    .forEach(weight ->
                            renamed.put(weight.substring(weight.indexOf('.') + 1), file.read(weight, DataType.FP32)));
            SafetensorsWriter.write(directory.resolve("model.safetensors"), FileTensor.lent(renamed), DataType.FP32);
        }
        try (TorchLanguageModel model = TorchLanguageModel.load(directory, TestDevice.in(DataType.FP32))) {
            assertLogProbs(model.score(recorded.packed()), recorded);
        }
    }

    private static void assertLogProbs(TokenNumbers actual, RecordedModel recorded) {
        double[] expected = recorded.logProbs();
        assertThat(actual.logProbs()).hasSize(expected.length);
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) actual.logProbs()[i])
                    .as("response token %d", i)
                    .isCloseTo(expected[i], within(LOG_PROB_TOLERANCE));
        }
    }

    private static Map<String, float[]> gradients(TorchLanguageModel model, PackedBatch batch, float[] derivatives) {
        try (ForwardPass pass = model.forward(batch)) {
            pass.backward(derivatives);
        }
        return Memory.compute(() -> {
            Map<String, float[]> gradients = new LinkedHashMap<>();
            for (Map.Entry<String, Tensor> weight : model.weights().values().entrySet()) {
                if (weight.getValue().requires_grad()) {
                    gradients.put(weight.getKey(), Tensors.toFloats(Gradients.dense(weight.getValue())));
                }
            }
            return gradients;
        });
    }

    private static void assertGradients(Map<String, float[]> actual, Map<String, float[]> expected) {
        expected.forEach((name, gradient) -> {
            double difference = 0;
            double norm = 0;
            for (int i = 0; i < gradient.length; i++) {
                float found = actual.getOrDefault(name, new float[0])[i];
                difference += (found - gradient[i]) * (found - gradient[i]);
                norm += gradient[i] * gradient[i];
            }
            assertThat(Math.sqrt(difference) / Math.sqrt(norm))
                    .as("relative error of the gradient of %s", name)
                    .isLessThan(GRADIENT_TOLERANCE);
        });
    }

    private static int[] greedy(TorchLanguageModel model, int[] prompt, int numTokens) {
        int[] continuation = new int[numTokens];
        try (Decoder decoder = model.startDecoding()) {
            int sequence = decoder.begin();
            float[] logits = decoder.append(sequence, prompt);
            for (int i = 0; i < numTokens; i++) {
                int best = 0;
                for (int token = 1; token < logits.length; token++) {
                    best = logits[token] > logits[best] ? token : best;
                }
                continuation[i] = best;
                logits = decoder.append(sequence, best);
            }
        }
        return continuation;
    }
}
