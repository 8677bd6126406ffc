package org.betatron.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.betatron.core.RandomStreams;
import org.betatron.core.model.AdapterSpec.Lora;
import org.betatron.core.model.DifferentiableModel;
import org.betatron.core.model.ForwardPass;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.model.VocabularyRequest;
import org.betatron.testkit.RandomBatches;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.compute.Recompute;
import org.betatron.torch.error.ModelException;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.tensor.Tensors;
import org.betatron.torch.weight.Gradients;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Dropout of what goes into an adapter: only in a training step, the same whatever way it is computed.
class AdapterDropoutTest {

    private static final double DROPOUT = 0.25;
    private static final long SEED = 11;
    private static final PackedBatch BATCH = RandomBatches.batch(6, 8, 2, TinyModels.VOCABULARY, 19);

    private static TorchLanguageModel model(String architecture, ComputeSpec compute, double dropout) {
        TorchLanguageModel model = TorchLanguageModel.initialize(
                TinyModels.config(architecture), "tiny", 3, compute.on(TestDevice.DEVICE));
        model.adapt(new Lora(3, 6, Lora.DEFAULT.targets(), false, false, dropout), "tiny", 1);
        RandomGenerator random = RandomStreams.stream(1, "adapter", 0);
        Memory.run(() -> Memory.runWithoutGradient(() -> leaves(model).values().forEach(leaf -> {
            float[] numbers = new float[(int) leaf.numel()];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = (float) (0.2 * random.nextGaussian());
            }
            leaf.copy_(Tensors.floats(numbers, leaf).view(Tensors.shape(leaf)));
        })));
        return model;
    }

    private static Map<String, Tensor> leaves(TorchLanguageModel model) {
        return model.weights().trainable();
    }

    private static float[] derivatives(int length) {
        RandomGenerator random = RandomStreams.stream(2, "derivatives", 0);
        float[] derivatives = new float[length];
        for (int i = 0; i < length; i++) {
            derivatives[i] = (float) random.nextGaussian();
        }
        return derivatives;
    }

    private static double loss(float[] logProbs) {
        float[] derivatives = derivatives(logProbs.length);
        double loss = 0;
        for (int i = 0; i < logProbs.length; i++) {
            loss += (double) derivatives[i] * logProbs[i];
        }
        return loss;
    }

    /// @param batches the responses of [#BATCH] in order
    private static Map<String, float[]> gradients(TorchLanguageModel model, List<PackedBatch> batches) {
        float[] derivatives = derivatives(BATCH.numResponseTokens());
        DifferentiableModel step = model.dropping(SEED);
        int offset = 0;
        for (PackedBatch batch : batches) {
            try (ForwardPass pass = step.forward(batch)) {
                int end = offset + batch.numResponseTokens();
                pass.backward(Arrays.copyOfRange(derivatives, offset, end));
                offset = end;
            }
        }
        Map<String, float[]> gradients = Memory.compute(() -> {
            Map<String, float[]> copies = new LinkedHashMap<>();
            leaves(model).forEach((name, leaf) -> copies.put(name, Tensors.toFloats(Gradients.dense(leaf))));
            return copies;
        });
        model.weights().clearGradients();
        return gradients;
    }

    /// Along the gradient the loss rises by the gradient's length, with the same numbers dropped. Reached: 2e-4.
    @ParameterizedTest
    @EnumSource(Recompute.class)
    void gradientAgainstDifferences(Recompute recompute) {
        ComputeSpec compute =
                ComputeSpec.DEFAULT.withRecompute(recompute).withLanes(2).withShortLastLayer(true);
        try (TorchLanguageModel model = model("llama", compute, DROPOUT)) {
            Map<String, float[]> gradients = gradients(model, List.of(BATCH));
            DifferentiableModel step = model.dropping(SEED);
            for (String kind : List.of("lora_A", "lora_B")) {
                double length = Math.sqrt(gradients.entrySet().stream()
                        .filter(entry -> entry.getKey().endsWith(kind))
                        .mapToDouble(entry -> squares(entry.getValue()))
                        .sum());
                double distance = 5e-3;
                move(model, gradients, kind, distance / length);
                double above = loss(step.score(BATCH).logProbs());
                move(model, gradients, kind, -2 * distance / length);
                double below = loss(step.score(BATCH).logProbs());
                move(model, gradients, kind, distance / length);
                assertThat((above - below) / (2 * distance)).as(kind).isCloseTo(length, within(2e-3 * length));
            }
        }
    }

    private static double squares(float[] numbers) {
        double sum = 0;
        for (float number : numbers) {
            sum += (double) number * number;
        }
        return sum;
    }

    private static void move(TorchLanguageModel model, Map<String, float[]> gradients, String kind, double factor) {
        Memory.run(() -> Memory.runWithoutGradient(() -> leaves(model).forEach((name, leaf) -> {
            if (name.endsWith(kind)) {
                float[] gradient = Objects.requireNonNull(gradients.get(name));
                leaf.add_(Tensors.floats(gradient, leaf).view(Tensors.shape(leaf)), Tensors.scalar(factor));
            }
        })));
    }

    /// Ways to recompute, lanes, prompts shared or not, rows together or alone, last layers of some rows.
    @ParameterizedTest
    @ValueSource(strings = {"llama", "gpt_neox", "gpt2"})
    void whateverWayItIsComputed(String architecture) {
        float[] expected;
        Map<String, float[]> expectedGradients;
        try (TorchLanguageModel model = model(architecture, ComputeSpec.PLAIN, DROPOUT)) {
            expected = model.dropping(SEED).score(BATCH).logProbs();
            expectedGradients = gradients(model, List.of(BATCH));
        }
        List<PackedBatch> alone = new ArrayList<>();
        PackedBatch.Builder unshared = PackedBatch.builder();
        for (int group = 0; group < BATCH.numGroups(); group++) {
            for (int i = 0; i < BATCH.numResponses(group); i++) {
                int[] prompt = tokens(BATCH.promptStart(group), BATCH.promptLength(group));
                int response = BATCH.firstResponse(group) + i;
                int[] answer = tokens(BATCH.responseStart(response), BATCH.responseLength(response));
                alone.add(PackedBatch.builder().add(prompt, answer).build());
                unshared.add(prompt, answer);
            }
        }
        PackedBatch apart = unshared.build();
        for (ComputeSpec compute : List.of(
                ComputeSpec.PLAIN.withShortLastLayer(true),
                ComputeSpec.PLAIN.withLanes(2).withRecompute(Recompute.SELECTIVE),
                ComputeSpec.PLAIN.withRecompute(Recompute.FULL).withShortLastLayer(true),
                ComputeSpec.DEFAULT)) {
            try (TorchLanguageModel model = model(architecture, compute, DROPOUT)) {
                for (List<PackedBatch> batches : List.of(List.of(BATCH), List.of(apart), alone)) {
                    assertGradients(gradients(model, batches), expectedGradients);
                }
                model.computeAtOnce(20); // some layers keep their graph, others run again
                assertGradients(gradients(model, List.of(BATCH)), expectedGradients);
                float[] scored = model.dropping(SEED).score(apart).logProbs();
                for (int i = 0; i < expected.length; i++) {
                    assertThat(scored[i]).isCloseTo(expected[i], within(2e-5f));
                }
            }
        }
    }

    private static int[] tokens(int start, int length) {
        return Arrays.copyOfRange(BATCH.tokenIds(), start, start + length);
    }

    private static void assertGradients(Map<String, float[]> actual, Map<String, float[]> expected) {
        expected.forEach((name, wanted) -> {
            float[] difference = Objects.requireNonNull(actual.get(name)).clone();
            for (int i = 0; i < wanted.length; i++) {
                difference[i] -= wanted[i];
            }
            assertThat(Math.sqrt(squares(difference))).as(name).isLessThan(2e-5 * Math.sqrt(squares(wanted)));
        });
    }

    /// Passes of one step drop the same and those of another step others; what is no step drops nothing.
    @Test
    void onlyInItsStep() {
        try (TorchLanguageModel model = model("llama", ComputeSpec.DEFAULT, DROPOUT);
                TorchLanguageModel without = model("llama", ComputeSpec.DEFAULT, 0)) {
            float[] plain = without.score(BATCH).logProbs();
            DifferentiableModel step = model.dropping(SEED);
            float[] dropped = step.score(BATCH).logProbs();
            assertThat(dropped).isNotEqualTo(plain).isEqualTo(step.score(BATCH).logProbs());
            try (ForwardPass pass = step.forward(BATCH)) {
                assertThat(pass.numbers().logProbs()).isEqualTo(dropped);
            }
            assertThat(model.dropping(SEED + 1).score(BATCH).logProbs()).isNotEqualTo(dropped);
            assertThat(model.asking(VocabularyRequest.NONE)
                            .dropping(SEED)
                            .score(BATCH)
                            .logProbs())
                    .isEqualTo(dropped);
            assertThat(model.score(BATCH).logProbs()).isEqualTo(plain);
            try (ForwardPass pass = model.forward(BATCH)) {
                assertThat(pass.numbers().logProbs()).isEqualTo(plain);
            }
            // Without dropout a step is as ever, and takes no more memory.
            assertThat(without.dropping(SEED).score(BATCH).logProbs()).isEqualTo(plain);
            long inputs = 2 * (6 * 32 + 48); // maps of both layers: six that take 32 numbers, one that takes 48
            assertThat(model.graphBytes(10) - without.graphBytes(10)).isEqualTo(10 * inputs);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatCannotDropIsRefused(boolean head) {
        try (TorchLanguageModel model = TinyModels.model("llama", 1)) {
            model.adapt(new Lora(2, 4, List.of(head ? "lm_head" : Lora.ALL_LINEAR), false, !head, 0), "tiny", 1);
            assertThatThrownBy(() -> model.dropOut(0.1))
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining(
                            head ? "for an adapter on the head" : "is DoRA, with which dropout must be 0");
            model.dropOut(0);
        }
        try (TorchLanguageModel model = TinyModels.model("llama", 1)) {
            assertThatThrownBy(() -> model.dropOut(0.1)).hasMessageContaining("the model has no adapter");
            assertThatThrownBy(() -> model.adapt(new Lora(2, 4, List.of("lm_head"), false, false, 0.1), "tiny", 1))
                    .hasMessageContaining("leave lm_head out of the targets");
        }
        assertThatThrownBy(() -> new Lora(2, 4, List.of("x"), false, true, 0.1))
                .hasMessageContaining("dropout must be 0 with dora but was 0.1");
        assertThatThrownBy(() -> new Lora(2, 4, List.of("x"), false, false, 1))
                .hasMessageContaining("dropout must be in [0, 1) but was 1");
    }
}
