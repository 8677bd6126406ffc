package org.betatron.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.betatron.core.files.Directories;
import org.betatron.core.model.AdapterSpec.Lora;
import org.betatron.core.model.DifferentiableModel;
import org.betatron.core.model.ForwardPass;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.model.TokenQuantity;
import org.betatron.torch.adapter.AdapterConfig;
import org.betatron.torch.adapter.AdapterFiles;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.compute.Recompute;
import org.betatron.torch.error.ModelException;
import org.betatron.torch.files.ModelDirectory;
import org.betatron.torch.files.SafetensorsFile;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.tensor.DataType;
import org.betatron.torch.tensor.Tensors;
import org.betatron.torch.weight.Gradients;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Adapters that PEFT made, against what it computes with them (`parity/adapters.py`).
class AdapterParityTest {

    private static final double VALUE_TOLERANCE = 3e-5;
    private static final double GRADIENT_TOLERANCE = 1e-4;
    private static final String REWARD = "reward";

    @TempDir
    Path scratch;

    @ParameterizedTest
    @ValueSource(
            strings = {"all-linear", "biases-rslora", "dora", "fused-neox", "columns-dora", "patterns", "head", REWARD})
    void valuesGradientsAndWhatIsSaved(String name) throws IOException {
        Recorded recorded = Recorded.of(name);
        Path directory = shown(recorded, recorded.directory());
        for (Recompute recompute : Recompute.values()) {
            ComputeSpec compute = TestDevice.in(DataType.FP32).withRecompute(recompute);
            try (TorchModel model = load(name, directory, compute)) {
                Map<String, float[]> gradients = recorded.check(model);
                assertThat(gradients.keySet())
                        .containsExactlyInAnyOrderElementsOf(
                                recorded.gradients().keySet());
                recorded.gradients()
                        .forEach((weight, expected) -> assertThat(
                                        relative(Objects.requireNonNull(gradients.get(weight)), expected))
                                .as("relative error of the gradient of %s", weight)
                                .isLessThan(GRADIENT_TOLERANCE));
            }
        }
        try (TorchModel model = load(name, directory, TestDevice.in(DataType.FP32))) {
            assertThat(model.remarks()).noneMatch(remark -> remark.contains("adapter_model"));
            // Written and read again, and put into the weights of its base.
            model.save(scratch.resolve("written"));
            model.saveWhole(scratch.resolve("merged"), DataType.FP32);
        }
        try (TorchModel again = load(name, shown(recorded, scratch.resolve("written")), TestDevice.in(DataType.FP32))) {
            recorded.check(again);
        }
        try (SafetensorsFile merged = SafetensorsFile.open(scratch.resolve("merged/model.safetensors"))) {
            assertThat(relative(
                            Memory.compute(() -> Tensors.toFloats(merged.read(recorded.mergedName(), DataType.FP32))),
                            recorded.merged()))
                    .isLessThan(1e-6);
        }
        try (TorchModel merged = load(name, scratch.resolve("merged"), TestDevice.in(DataType.FP32))) {
            recorded.checkValues(merged);
            assertThat(merged.adapter()).isEmpty();
        }
    }

    /// A training step with the numbers dropped that the script dropped by the definition of
    /// [org.betatron.torch.linear.Dropout].
    @ParameterizedTest
    @ValueSource(strings = {"dropout", "dropout-neox", "dropout-columns", "dropout-reward"})
    void withDropout(String name) throws IOException {
        Recorded recorded = Recorded.of(name);
        Path directory = shown(recorded, recorded.directory());
        for (Recompute recompute : Recompute.values()) {
            ComputeSpec compute = TestDevice.in(DataType.FP32).withRecompute(recompute);
            try (TorchModel model = load(name, directory, compute)) {
                double dropout = recorded.setting("dropout");
                assertThat(model.adapter().orElseThrow().saidDropout()).isEqualTo(dropout);
                assertThat(model.dropping(1))
                        .as("nothing is dropped that was not asked for")
                        .isNotInstanceOf(TorchStep.class);
                model.dropOut(dropout);
                Map<String, float[]> gradients =
                        recorded.check(model, model.dropping((long) recorded.setting("dropout_seed")));
                recorded.gradients()
                        .forEach((weight, expected) -> assertThat(
                                        relative(Objects.requireNonNull(gradients.get(weight)), expected))
                                .as("relative error of the gradient of %s", weight)
                                .isLessThan(GRADIENT_TOLERANCE));
                model.save(scratch.resolve("written"));
            }
        }
        AdapterConfig written = new AdapterFiles(scratch.resolve("written")).readConfig();
        assertThat(written.dropout()).isEqualTo(recorded.setting("dropout"));
    }

    /// A fresh adapter changes nothing, trains only itself, and says in its files what PEFT reads.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void fresh(boolean dora) throws IOException {
        Recorded recorded = Recorded.of("all-linear");
        Lora spec = new Lora(3, 6, Lora.DEFAULT.targets(), false, dora, 0);
        float[] base;
        try (TorchLanguageModel model = TorchLanguageModel.load(recorded.base(), TestDevice.in(DataType.FP32))) {
            base = model.score(recorded.packed()).logProbs();
        }
        try (TorchLanguageModel model = TorchLanguageModel.load(recorded.base(), TestDevice.in(DataType.FP32))) {
            model.adapt(spec, "somewhere", 1);
            float[] adapted = model.score(recorded.packed()).logProbs();
            for (int i = 0; i < base.length; i++) {
                assertThat(adapted[i]).isCloseTo(base[i], within(dora ? 1e-5f : 0f));
            }
            long expected = recorded.gradients().values().stream()
                    .mapToLong(numbers -> numbers.length)
                    .sum();
            long lengths = model.weights().trainable().entrySet().stream()
                    .filter(leaf -> leaf.getKey().endsWith("magnitude_vector"))
                    .mapToLong(leaf -> leaf.getValue().numel())
                    .sum();
            assertThat(model.numTrainable() - lengths).isEqualTo(expected);
            model.save(scratch);
            assertThatThrownBy(() -> model.adapt(spec, "somewhere", 1)).hasMessageContaining("an adapter already");
        }
        AdapterConfig config = new AdapterFiles(scratch).readConfig();
        assertThat(config.base()).isEqualTo("somewhere");
        assertThat(config.spec().dora()).isEqualTo(dora);
        assertThat(config.spec().targets())
                .containsExactly("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj");
        try (TorchModel read = load("all-linear", shown(recorded, scratch), TestDevice.in(DataType.FP32))) {
            if (!dora) {
                assertThat(read.remarks()).anyMatch(remark -> remark.contains("changes nothing"));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"peft_type\": \"IA3\"}",
                "{\"bias\": \"all\"}",
                "{\"modules_to_save\": [\"embed_tokens\"]}",
                "{\"init_lora_weights\": \"pissa\"}",
                "{\"use_qalora\": true}",
                "{\"r\": 5}",
                "{\"r\": 0}",
                "{\"lora_alpha\": \"much\"}",
                "{\"use_dora\": true}",
                "{\"rank_pattern\": {\"(\": 2}}",
                "{\"task_type\": \"SEQ_CLS\"}"
            })
    void whatIsNotHonouredIsRefused(String change) throws IOException {
        Recorded recorded = Recorded.of("all-linear");
        ObjectNode config =
                (ObjectNode) ModelDirectory.readJson(recorded.directory().resolve("adapter_config.json"));
        config.setAll((ObjectNode) JsonMapper.shared().readTree(change));
        Files.writeString(scratch.resolve("adapter_config.json"), config.toString());
        Files.copy(
                recorded.directory().resolve("adapter_model.safetensors"),
                scratch.resolve("adapter_model.safetensors"));
        Path directory = shown(recorded, scratch);
        assertThatThrownBy(() -> TorchLanguageModel.load(directory, TestDevice.in(DataType.FP32))
                        .close())
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("adapter_");
    }

    /// An adapter of a model of another shape, and one of another model of the same shape.
    @Test
    void anotherBase() throws IOException {
        Recorded recorded = Recorded.of("all-linear");
        Recorded other = Recorded.of("dora");
        Path wrong = shown(other, recorded.directory());
        assertThatThrownBy(() -> TorchLanguageModel.load(wrong, TestDevice.in(DataType.FP32))
                        .close())
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("must have the shape");
        ObjectNode config = new ModelDirectory(recorded.base()).readConfig();
        try (TorchLanguageModel twin = TorchLanguageModel.initialize(config, "twin", 5, DataType.FP32)) {
            twin.adapt(Lora.DEFAULT, "twin", 1);
            twin.save(scratch);
        }
        try (TorchModel model = load("all-linear", shown(recorded, scratch), TestDevice.in(DataType.FP32))) {
            assertThat(model.remarks()).anyMatch(remark -> remark.contains("a base with other numbers"));
            assertThatThrownBy(() -> model.adapter().orElseThrow().requireBase())
                    .isInstanceOf(ModelException.class);
        }
    }

    private static TorchModel load(String name, Path directory, ComputeSpec compute) {
        return name.endsWith(REWARD)
                ? TorchRewardModel.load(directory, compute)
                : TorchLanguageModel.load(directory, compute);
    }

    /// The files of the base and of the adapter in one directory.
    private Path shown(Recorded recorded, Path adapter) throws IOException {
        Path directory = Files.createTempDirectory(scratch, "shown");
        for (Path source : List.of(recorded.base(), adapter)) {
            for (Path file : Directories.list(source).stream()
                    .filter(Files::isRegularFile)
                    .toList()) {
                Files.copy(file, directory.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        if (recorded.scores()) {
            ModelDirectory base = new ModelDirectory(recorded.base());
            Files.writeString(
                    directory.resolve("config.json"),
                    TorchRewardModel.scoringConfig(base.readConfig(), "base", 0).toString());
        }
        return directory;
    }

    private static double relative(float[] actual, float[] expected) {
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += Math.pow(actual[i] - expected[i], 2);
            norm += Math.pow(expected[i], 2);
        }
        return Math.sqrt(difference / norm);
    }

    private record Recorded(String name, RecordedModel numbers) {

        static Recorded of(String name) {
            return new Recorded(name, RecordedModel.of("adapters/" + name));
        }

        Path directory() {
            return numbers.directory();
        }

        Path base() {
            Path recorded = Objects.requireNonNull(directory().getParent()).getParent();
            return Objects.requireNonNull(recorded)
                    .resolve(numbers.json().path("base").asString());
        }

        PackedBatch packed() {
            return numbers.packed();
        }

        double setting(String key) {
            return numbers.json().path(key).asDouble();
        }

        private boolean scores() {
            return name.endsWith(REWARD);
        }

        String mergedName() {
            return numbers.json().path("merged").asString();
        }

        float[] merged() throws IOException {
            return expected("merged." + mergedName());
        }

        Map<String, float[]> gradients() throws IOException {
            Map<String, float[]> gradients = new LinkedHashMap<>();
            try (SafetensorsFile file = SafetensorsFile.open(directory().resolve("expected.safetensors"))) {
                for (String name : file.entries().keySet()) {
                    if (name.startsWith("grad.")) {
                        gradients.put(name.substring("grad.base_model.model.".length()), expected(name));
                    }
                }
            }
            return gradients;
        }

        private float[] expected(String tensor) throws IOException {
            try (SafetensorsFile file = SafetensorsFile.open(directory().resolve("expected.safetensors"))) {
                return Memory.compute(() -> Tensors.toFloats(file.read(tensor, DataType.FP32)));
            }
        }

        private TokenQuantity quantity() {
            return scores() ? TokenQuantity.SCORE : TokenQuantity.LOG_PROB;
        }

        void checkValues(TorchModel model) {
            assertValues(Objects.requireNonNull(model.score(packed()).all().get(quantity())));
        }

        /// @return gradients of what trains, by the names that PEFT gives the tensors
        Map<String, float[]> check(TorchModel model) {
            return check(model, model);
        }

        /// @param step the model as it is run
        Map<String, float[]> check(TorchModel model, DifferentiableModel step) {
            assertValues(Objects.requireNonNull(step.score(packed()).all().get(quantity())));
            try (ForwardPass pass = step.forward(packed())) {
                assertValues(Objects.requireNonNull(pass.numbers().all().get(quantity())));
                pass.backward(Map.of(quantity(), derivatives()));
            }
            return Memory.compute(() -> {
                Map<String, float[]> gradients = new LinkedHashMap<>();
                for (Map.Entry<String, Tensor> leaf :
                        model.weights().trainable().entrySet()) {
                    gradients.put(inFile(leaf.getKey()), Tensors.toFloats(Gradients.dense(leaf.getValue())));
                }
                return gradients;
            });
        }

        private static String inFile(String leaf) {
            String map = leaf.replace(".weight.lora", ".lora");
            return leaf.contains("lora_A") || leaf.contains("lora_B") ? map + ".weight" : map;
        }

        private float[] derivatives() {
            float[] coefficients = numbers.coefficients();
            if (!scores()) {
                return coefficients;
            }
            float[] derivatives = new float[packed().numResponseTokens()];
            for (int response = 0; response < coefficients.length; response++) {
                derivatives[last(response)] = coefficients[response];
            }
            return derivatives;
        }

        private int last(int response) {
            return packed().logProbOffset(response) + packed().responseLength(response) - 1;
        }

        private void assertValues(float[] actual) {
            for (int i = 0; i < numbers.json().path("values_f64").size(); i++) {
                assertThat((double) actual[scores() ? last(i) : i])
                        .as("value %d", i)
                        .isCloseTo(numbers.json().path("values_f64").path(i).asDouble(), within(VALUE_TOLERANCE));
            }
        }
    }
}
