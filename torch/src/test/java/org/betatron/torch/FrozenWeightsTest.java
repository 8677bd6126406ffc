package org.betatron.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.betatron.core.model.ForwardPass;
import org.betatron.core.model.OptimizerSpec;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.model.TokenQuantity;
import org.betatron.core.model.TrainableModel;
import org.betatron.testkit.RandomBatches;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.compute.Recompute;
import org.betatron.torch.error.ModelException;
import org.betatron.torch.files.SafetensorsFile;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.memory.Owned;
import org.betatron.torch.optimizer.TorchOptimizer;
import org.betatron.torch.tensor.DataType;
import org.betatron.torch.tensor.Tensors;
import org.betatron.torch.weight.Gradients;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/// Models of which some weights stay as they are.
class FrozenWeightsTest {

    private static final String LAYERS_OF_LLAMA = "model.layers.0.*";
    private static final String EMBEDDING = "model.embed_tokens.weight";
    private static final PackedBatch BATCH = RandomBatches.batch(4, 5, 2, TinyModels.VOCABULARY, 15);

    @TempDir
    Path directory;

    /// What trains gets the gradient that it would get if all did, bit by bit, however it is computed.
    @ParameterizedTest
    @EnumSource(Recompute.class)
    void gradientsOfTheOthersStay(Recompute recompute) {
        for (DataType type : List.of(DataType.FP32, DataType.BF16)) {
            ComputeSpec compute = TestDevice.in(type)
                    .withWeights(type)
                    .withRecompute(recompute)
                    .withLanes(2);
            for (List<String> frozen : List.of(
                    List.of(EMBEDDING, LAYERS_OF_LLAMA),
                    List.of(EMBEDDING),
                    List.of("model.layers.1.*", "model.norm.weight"),
                    List.of("*.{q_proj,down_proj}.weight", "*norm*"),
                    List.of("*.bias"),
                    List.of("lm_head.weight"),
                    List.of("model.*"))) {
                try (TorchLanguageModel whole = model(compute, false);
                        TorchLanguageModel part = model(compute, false)) {
                    part.freeze(frozen);
                    assertThat(part.numParameters()).isEqualTo(whole.numParameters());
                    assertThat(part.numTrainable()).isLessThan(whole.numTrainable());
                    Map<String, float[]> expected = gradients(whole);
                    Map<String, float[]> found = gradients(part);
                    expected.keySet().retainAll(found.keySet());
                    assertThat(found.keySet()).isEqualTo(expected.keySet());
                    found.forEach((name, gradient) -> assertThat(gradient)
                            .as("%s with %s frozen", name, frozen)
                            .isEqualTo(expected.get(name)));
                }
            }
        }
    }

    /// One matrix is embedding and head: it is frozen, or trained, as one.
    @Test
    void tiedHeads() {
        ComputeSpec compute = TestDevice.in(DataType.FP32);
        try (TorchLanguageModel whole = model(compute, true);
                TorchLanguageModel part = model(compute, true)) {
            part.freeze(List.of(EMBEDDING));
            Map<String, float[]> expected = gradients(whole);
            Map<String, float[]> found = gradients(part);
            expected.remove(EMBEDDING);
            assertThat(found.keySet()).isEqualTo(expected.keySet());
            found.forEach((name, gradient) -> assertThat(gradient).as(name).isEqualTo(expected.get(name)));
        }
    }

    /// Below the lowest part that trains nothing is kept for a backward pass.
    @ParameterizedTest
    @EnumSource(Recompute.class)
    void nothingIsKeptBelow(Recompute recompute) {
        ComputeSpec compute =
                TestDevice.in(DataType.FP32).withRecompute(recompute).withKeptLogitsMiB(0);
        long[] kept = new long[4];
        List<List<String>> frozen = List.of(
                List.of("*.bias"), List.of(EMBEDDING, LAYERS_OF_LLAMA), List.of("model.*"), List.of("lm_head.weight"));
        for (int i = 0; i < kept.length; i++) {
            try (TorchLanguageModel model = model(compute, false)) {
                model.freeze(frozen.get(i));
                long before = Owned.liveCount();
                try (ForwardPass _ = model.forward(BATCH)) {
                    kept[i] = Owned.liveCount() - before;
                }
                assertThat(model.graphBytes(100))
                        .isEqualTo(i == 1 ? wholeBytes(compute) / 2 : i == 2 ? 0 : wholeBytes(compute));
            }
        }
        assertThat(kept[1]).isLessThan(kept[0]);
        assertThat(kept[2]).isLessThan(kept[1]);
        assertThat(kept[3]).isEqualTo(kept[0]);
    }

    private static long wholeBytes(ComputeSpec compute) {
        try (TorchLanguageModel model = model(compute, false)) {
            return model.graphBytes(100);
        }
    }

    /// Frozen weights leave a training as they came, and the optimizer knows nothing of them.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void trainingLeavesThemAsTheyAre(boolean bf16) throws IOException {
        DataType type = bf16 ? DataType.BF16 : DataType.FP32;
        ComputeSpec compute = TestDevice.in(type).withWeights(type);
        try (TorchLanguageModel model = model(compute, false)) {
            Map<String, float[]> before = values(model);
            model.freeze(List.of(EMBEDDING, LAYERS_OF_LLAMA));
            try (TorchOptimizer optimizer = model.optimizer(OptimizerSpec.AdamW.DEFAULT)) {
                teach(model);
                assertThat(optimizer.gradientNorm()).isPositive();
                optimizer.step(0.1, 1);
                optimizer.save(directory.resolve("optimizer.safetensors"));
            }
            values(model).forEach((name, values) -> {
                boolean frozen = name.equals(EMBEDDING) || name.startsWith("model.layers.0.");
                assertThat(Arrays.equals(values, before.get(name))).as(name).isEqualTo(frozen);
            });
            model.save(directory.resolve("model"));
            try (TorchLanguageModel again = TorchLanguageModel.load(directory.resolve("model"), compute)) {
                assertThat(values(again)).usingRecursiveComparison().isEqualTo(values(model));
            }
            try (SafetensorsFile state = SafetensorsFile.open(directory.resolve("optimizer.safetensors"))) {
                assertThat(state.entries().keySet())
                        .anyMatch(name -> name.contains("model.layers.1."))
                        .noneMatch(name -> name.contains("model.layers.0.") || name.contains("embed_tokens"));
            }
        }
    }

    @Test
    void rewardModels() {
        ObjectNode config = TinyModels.llama();
        config.putArray("architectures").add("LlamaForSequenceClassification");
        config.putObject("id2label").put("0", "LABEL_0");
        try (TorchRewardModel whole = TinyModels.reward(config);
                TorchRewardModel part = TinyModels.reward(config)) {
            part.freeze(List.of("model.*"));
            assertThat(part.numTrainable()).isEqualTo(32);
            assertThat(gradients(part)).containsOnlyKeys("score.weight");
            assertThat(gradients(part).get("score.weight"))
                    .isEqualTo(gradients(whole).get("score.weight"));
        }
    }

    @Test
    void patternsThatCannotBe() {
        try (TorchLanguageModel model = model(TestDevice.in(DataType.FP32), false)) {
            assertThatExceptionOfType(ModelException.class)
                    .isThrownBy(() -> model.freeze(List.of("model.layer.0.mlp.up_proj.weight")))
                    .withMessageStartingWith("no weight is called 'model.layer.0.mlp.up_proj.weight'; close to it are"
                            + " model.layers.0.mlp.up_proj.weight, ");
            assertThatExceptionOfType(ModelException.class)
                    .isThrownBy(() -> model.freeze(List.of("{model")))
                    .withMessageStartingWith("'{model' is no pattern of names: ");
            assertThatExceptionOfType(ModelException.class)
                    .isThrownBy(() -> model.freeze(List.of("model.*", "lm_head.weight")))
                    .withMessage("model.*, lm_head.weight freezes every weight, so that nothing is learned");
        }
    }

    private static TorchLanguageModel model(ComputeSpec compute, boolean tied) {
        return TorchLanguageModel.initialize(
                TinyModels.llama().put("tie_word_embeddings", tied).put("attention_bias", true), "tiny", 5, compute);
    }

    private static void teach(TrainableModel model) {
        try (ForwardPass pass = model.forward(BATCH)) {
            float[] derivatives = new float[BATCH.numResponseTokens()];
            for (int i = 0; i < derivatives.length; i++) {
                derivatives[i] = (float) Math.sin(i);
            }
            pass.backward(Map.of(
                    model instanceof TorchRewardModel ? TokenQuantity.SCORE : TokenQuantity.LOG_PROB, derivatives));
        }
    }

    private static Map<String, float[]> gradients(TorchModel model) {
        teach(model);
        Map<String, float[]> gradients = new LinkedHashMap<>();
        Memory.run(() -> model.weights()
                .trainable()
                .forEach((name, leaf) -> gradients.put(name, Tensors.toFloats(Gradients.dense(leaf)))));
        Memory.run(() -> model.weights().values().forEach((name, values) -> {
            if (!gradients.containsKey(name)) {
                assertThat(values.grad().defined()).as(name).isFalse();
            }
        }));
        model.weights().clearGradients();
        return gradients;
    }

    private static Map<String, float[]> values(TorchModel model) {
        Map<String, float[]> values = new LinkedHashMap<>();
        Memory.run(
                () -> model.weights().values().forEach((name, tensor) -> values.put(name, Tensors.toFloats(tensor))));
        return values;
    }
}
