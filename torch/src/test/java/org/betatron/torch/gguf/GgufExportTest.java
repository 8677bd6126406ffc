package org.betatron.torch.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.betatron.gguf.GgufFile;
import org.betatron.gguf.GgufTensor;
import org.betatron.gguf.GgufType;
import org.betatron.torch.TorchLanguageModel;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.error.ModelException;
import org.betatron.torch.files.ModelDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Against the files that `parity/gguf_models.py` wrote with PyPI's `gguf` and tried in llama.cpp.
class GgufExportTest {

    @TempDir
    Path temporary;

    private static Path recorded(String model) {
        try {
            return Path.of(Objects.requireNonNull(TorchLanguageModel.class.getResource("parity/" + model))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    private static float[] numbers(GgufFile file, GgufTensor tensor) {
        float[] numbers = new float[(int) tensor.count()];
        file.widen(tensor, 0, tensor.count() / tensor.width(), numbers);
        return numbers;
    }

    @ParameterizedTest
    @CsvSource({
        "gpt-neox-parallel, F32",
        "gpt-neox-sequential, F32",
        "llama-tied-bias, F32",
        "qwen2-tied-yarn, F32",
        "qwen3, F32",
        "gpt-neox-parallel-bf16, BF16"
    })
    void everyWeightAndSettingIsWhereLlamaCppHasIt(String name, GgufType type) throws IOException {
        Path file = temporary.resolve("written.gguf");
        try (TorchLanguageModel model = TorchLanguageModel.load(recorded(name), ComputeSpec.DEFAULT)) {
            model.exportGguf(file, type, Map.of());
        }
        try (GgufFile written = GgufFile.open(file);
                GgufFile expected = GgufFile.open(recorded(name).resolve("model.gguf"))) {
            assertThat(written.tensors().keySet()).isEqualTo(expected.tensors().keySet());
            expected.tensors().forEach((tensor, there) -> {
                GgufTensor here = Objects.requireNonNull(written.tensors().get(tensor));
                assertThat(here.shape()).as(tensor).isEqualTo(there.shape());
                assertThat(here.type()).as(tensor).isEqualTo(there.type());
                assertThat(numbers(written, here)).as(tensor).containsExactly(numbers(expected, there));
            });
            expected.metadata().values().forEach((key, value) -> {
                if (!key.startsWith("tokenizer.")) {
                    assertThat(written.metadata().values()).containsEntry(key, value);
                }
            });
        }
    }

    /// What was written is read as the model it was: half-size formats to their rounding.
    @ParameterizedTest
    @CsvSource({"gpt-neox-sequential, F16, 1e-3", "llama-tied-bias, Q8_0, 1e-2", "gpt-neox-parallel, BF16, 1e-2"})
    void whatWasWrittenIsReadBack(String name, GgufType type, double tolerance) throws IOException {
        Path file = temporary.resolve("model.gguf");
        try (TorchLanguageModel model = TorchLanguageModel.load(recorded(name), ComputeSpec.DEFAULT)) {
            model.exportGguf(file, type, Map.of());
        }
        try (GgufFile written = GgufFile.open(file);
                GgufFile exact = exact(name)) {
            for (GgufTensor tensor : exact.tensors().values()) {
                float[] expected = numbers(exact, tensor);
                float[] actual = numbers(
                        written, Objects.requireNonNull(written.tensors().get(tensor.name())));
                double largest = 0;
                double error = 0;
                for (int i = 0; i < expected.length; i++) {
                    largest = Math.max(largest, Math.abs(expected[i]));
                    error = Math.max(error, Math.abs(expected[i] - actual[i]));
                }
                assertThat(error).as(tensor.name()).isLessThanOrEqualTo(tolerance * largest);
            }
        }
    }

    private GgufFile exact(String name) throws IOException {
        Path file = temporary.resolve("exact.gguf");
        try (TorchLanguageModel model = TorchLanguageModel.load(recorded(name), ComputeSpec.DEFAULT)) {
            model.exportGguf(file, GgufType.F32, Map.of());
        }
        return GgufFile.open(file);
    }

    @Test
    void whatLlamaCppDoesNotKnowIsRefused() {
        ObjectNode config = new ModelDirectory(recorded("llama-tied-bias")).readConfig();
        Path file = temporary.resolve("x.gguf");
        assertThatExceptionOfType(ModelException.class)
                .isThrownBy(() -> GgufExport.write(
                        file, config.deepCopy().put("model_type", "bloom"), Map.of(), GgufType.F16, Map.of()))
                .withMessageStartingWith("models of the type 'bloom' are not written as GGUF files; known are llama,");
        ObjectNode stretched = config.deepCopy();
        stretched.putObject("rope_parameters").put("rope_type", "dynamic");
        assertThatExceptionOfType(ModelException.class)
                .isThrownBy(() -> GgufExport.write(file, stretched, Map.of(), GgufType.F16, Map.of()))
                .withMessageContaining("stretches positions by 'dynamic', which is not written into GGUF files");
    }

    @Test
    void whatLlamaCppFixesOtherwiseIsRefused() {
        try (TorchLanguageModel model = TorchLanguageModel.load(recorded("mistral-window"), ComputeSpec.DEFAULT)) {
            assertThatExceptionOfType(ModelException.class)
                    .isThrownBy(() -> model.exportGguf(temporary.resolve("x.gguf"), GgufType.F32, Map.of()))
                    .withMessageStartingWith("llama.cpp would compute another model");
        }
    }

    /// The scaling of Llama 3 is kept as divisors, from which its settings are found again.
    @Test
    void theScalingOfLlama3IsFoundAgain() throws IOException {
        ObjectNode config = new ModelDirectory(recorded("llama-gqa-scaled")).readConfig();
        String rope = "{\"rope_type\":\"llama3\",\"rope_theta\":500000.0,\"factor\":32.0,\"low_freq_factor\":1.0,"
                + "\"high_freq_factor\":4.0,\"original_max_position_embeddings\":8192}";
        config.set("rope_parameters", JsonMapper.shared().readTree(rope));
        config.remove("rope_scaling");
        config.put("hidden_size", 512);
        Path file = temporary.resolve("scaled.gguf");
        try (TorchLanguageModel model = TorchLanguageModel.initialize(config, "config", 1, ComputeSpec.DEFAULT)) {
            model.exportGguf(file, GgufType.F32, Map.of());
        }
        try (GgufFile written = GgufFile.open(file)) {
            ObjectNode read = GgufConfig.of(written);
            assertThat(read.path("rope_parameters").path("factor").asDouble()).isEqualTo(32);
            assertThat(read.path("rope_parameters").path("rope_type").asString())
                    .isEqualTo("llama3");
            assertThat(read.path("rope_parameters")
                            .path("original_max_position_embeddings")
                            .asInt())
                    .isEqualTo(8192);
        }
    }

    @Test
    void anotherScalingOfFrequenciesIsRefused() {
        Path file = temporary.resolve("other.gguf");
        try (TorchLanguageModel model = TorchLanguageModel.load(recorded("llama-gqa-scaled"), ComputeSpec.DEFAULT)) {
            assertThatExceptionOfType(ModelException.class)
                    .isThrownBy(() -> model.exportGguf(file, GgufType.F32, Map.of()))
                    .withMessageContaining("rope_freqs.weight does not hold the scaling of Llama 3");
        }
    }
}
