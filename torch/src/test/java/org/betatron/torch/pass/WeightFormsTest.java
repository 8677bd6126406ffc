package org.betatron.torch.pass;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.betatron.core.RandomStreams;
import org.betatron.core.model.OptimizerSpec;
import org.betatron.core.model.PackedBatch;
import org.betatron.core.model.TokenQuantity;
import org.betatron.core.model.VocabularyRequest;
import org.betatron.testkit.RandomBatches;
import org.betatron.torch.TestDevice;
import org.betatron.torch.TinyModels;
import org.betatron.torch.architecture.Architecture;
import org.betatron.torch.architecture.ArchitectureSpec;
import org.betatron.torch.compute.ComputeSpec;
import org.betatron.torch.compute.Recompute;
import org.betatron.torch.device.NativeLibraries;
import org.betatron.torch.linear.Dropout;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.memory.Owned;
import org.betatron.torch.optimizer.TorchOptimizer;
import org.betatron.torch.tensor.Tensors;
import org.betatron.torch.weight.DecomposedWeight;
import org.betatron.torch.weight.FrozenWeight;
import org.betatron.torch.weight.Gradients;
import org.betatron.torch.weight.LowRankWeight;
import org.betatron.torch.weight.Parameters;
import org.betatron.torch.weight.Weight;
import org.betatron.torch.weight.WeightLoader;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Forms of weights that no pass knows, in a whole model beside one whose weights are plain.
class WeightFormsTest {

    private static final long RANK = 3;
    private static final double SCALE = 0.7;
    private static final double TOLERANCE = 2e-5;

    /// One of a layer with a bias beside it, one that reads a gated product, and the embedding,
    /// which is the head, too.
    private static final List<String> REPLACED = List.of(
            "model.layers.0.self_attn.q_proj.weight",
            "model.layers.1.mlp.down_proj.weight",
            "model.embed_tokens.weight");

    private static final Architecture ARCHITECTURE = ArchitectureSpec.parse(
                    TinyModels.llama().put("tie_word_embeddings", true).put("attention_bias", true), "here")
            .architecture();

    private static final PackedBatch BATCH = RandomBatches.batch(5, 3, 2, TinyModels.VOCABULARY, 12);
    private static final float[] DERIVATIVES = derivatives();

    @BeforeAll
    static void loadLibtorch() {
        NativeLibraries.load();
    }

    /// The gradient of a sum `W + B A` is that of a plain W, multiplied by the other factor.
    @ParameterizedTest
    @EnumSource(Recompute.class)
    void sumWithALowRankPart(Recompute recompute) {
        try (Parameters plain = weights();
                Parameters sums = weights()) {
            REPLACED.forEach(name -> makeSum(sums, name));
            Memory.runWithoutGradient(() -> Memory.run(() -> REPLACED.forEach(
                    name -> plain.get(name).values().copy_(sums.get(name).values()))));
            assertClose(gradients(sums, recompute), gradients(plain, recompute));
            Memory.run(() -> Memory.runWithoutGradient(() -> REPLACED.forEach(name -> {
                LowRankWeight sum = (LowRankWeight) sums.get(name);
                Tensor whole = Gradients.dense(plain.get(name).values());
                assertClose(
                        Gradients.dense(sum.up().tensor()),
                        torch.matmul(whole, sum.down().tensor().t()).mul(Tensors.scalar(SCALE)));
                assertClose(
                        Gradients.dense(sum.down().tensor()),
                        torch.matmul(sum.up().tensor().t(), whole).mul(Tensors.scalar(SCALE)));
            })));
        }
    }

    /// Rows with lengths of their own: with `G` the gradient of a plain weight, `V = W + s B A` and
    /// `n` its norms, the gradient of the lengths is `sum(G * V) / n`, and that of V is `G * m /
    /// n`.
    @ParameterizedTest
    @EnumSource(Recompute.class)
    void rowsWithLengthsOfTheirOwn(Recompute recompute) {
        try (Parameters plain = weights();
                Parameters decomposed = weights()) {
            REPLACED.forEach(name -> makeDecomposed(decomposed, name));
            Memory.runWithoutGradient(() -> Memory.run(() -> REPLACED.forEach(
                    name -> plain.get(name).values().copy_(decomposed.get(name).values()))));
            assertClose(gradients(decomposed, recompute), gradients(plain, recompute));
            Memory.run(() -> Memory.runWithoutGradient(() -> REPLACED.forEach(name -> {
                DecomposedWeight weight = (DecomposedWeight) decomposed.get(name);
                Tensor whole = Gradients.dense(plain.get(name).values());
                Tensor direction = weight.direction().values();
                Tensor norms = direction.square().sum(1).sqrt();
                assertClose(
                        Gradients.dense(weight.magnitude().tensor()),
                        whole.mul(direction).sum(1).div(norms));
                Tensor ofDirection = whole.mul(
                        weight.magnitude().tensor().div(norms).unsqueeze(1).mul(Tensors.scalar(SCALE)));
                assertClose(
                        Gradients.dense(weight.direction().up().tensor()),
                        torch.matmul(
                                ofDirection, weight.direction().down().tensor().t()));
                assertClose(
                        Gradients.dense(weight.direction().down().tensor()),
                        torch.matmul(weight.direction().up().tensor().t(), ofDirection));
            })));
        }
    }

    /// Nothing but the two small matrices moves when everything else is frozen, and the loss falls.
    @ParameterizedTest
    @EnumSource(Recompute.class)
    void lowRankPartsAreTrained(Recompute recompute) {
        try (Parameters weights = weights()) {
            List<String> adapted = REPLACED.subList(0, 2);
            adapted.forEach(name -> makeSum(weights, name));
            weights.freeze(weights.names().stream()
                    .filter(name -> !adapted.contains(name))
                    .toList());
            assertThat(weights.trainable().keySet())
                    .containsExactly(
                            adapted.get(0) + ".lora_A",
                            adapted.get(0) + ".lora_B",
                            adapted.get(1) + ".lora_A",
                            adapted.get(1) + ".lora_B");
            float[] before = numbers(((LowRankWeight) weights.get(adapted.getFirst())).base());
            double[] losses = new double[2];
            try (TorchOptimizer optimizer = TorchOptimizer.create(OptimizerSpec.AdamW.DEFAULT, weights)) {
                for (int step = 0; step < 20; step++) {
                    losses[step == 0 ? 0 : 1] = forwardAndBack(weights, recompute);
                    optimizer.step(0.01, 1);
                }
            }
            assertThat(losses[1]).isLessThan(losses[0]);
            assertThat(numbers(((LowRankWeight) weights.get(adapted.getFirst())).base()))
                    .isEqualTo(before);
        }
    }

    private static Parameters weights() {
        return WeightLoader.initialize(ARCHITECTURE.blueprint(), ComputeSpec.DEFAULT.on(TestDevice.DEVICE), 7);
    }

    private static void makeSum(Parameters weights, String name) {
        Weight base = weights.get(name);
        long[] shape = base.shape();
        weights.add(
                name,
                new LowRankWeight(
                        new FrozenWeight(base),
                        small(name, base, shape[0], RANK),
                        small(name, base, RANK, shape[1]),
                        SCALE));
    }

    private static void makeDecomposed(Parameters weights, String name) {
        makeSum(weights, name);
        DecomposedWeight decomposed = DecomposedWeight.of((LowRankWeight) weights.get(name));
        Memory.runWithoutGradient(() -> Memory.run(() -> {
            Tensor magnitude = decomposed.magnitude().tensor();
            Tensor factors =
                    small(name, decomposed, magnitude.size(0), 1).tensor().view(-1);
            magnitude.mul_(factors.add(Tensors.scalar(1)));
        }));
        weights.add(name, decomposed);
    }

    private static Owned small(String name, Weight base, long rows, long columns) {
        RandomGenerator random = RandomStreams.stream(1, name, rows);
        float[] numbers = new float[(int) (rows * columns)];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) (0.1 * random.nextGaussian());
        }
        return Memory.keep(
                "small matrix",
                () -> Tensors.floats(numbers, base.tensors().getFirst())
                        .view(rows, columns)
                        .requires_grad_(true));
    }

    /// @return log-probabilities; gradients are added to the weights
    private static float[] gradients(Parameters weights, Recompute recompute) {
        ComputeSpec compute = TestDevice.PLAIN.withRecompute(recompute).withLanes(2);
        try (Transformer transformer = new Transformer(ARCHITECTURE, weights, compute);
                ModelPass pass =
                        transformer.forward(BATCH, VocabularyRequest.NONE, null, Integer.MAX_VALUE, Dropout.NONE)) {
            pass.backward(Map.of(TokenQuantity.LOG_PROB, DERIVATIVES));
            return Objects.requireNonNull(pass.numbers().get(TokenQuantity.LOG_PROB));
        }
    }

    private static double forwardAndBack(Parameters weights, Recompute recompute) {
        float[] logProbs = gradients(weights, recompute);
        double loss = 0;
        for (int i = 0; i < logProbs.length; i++) {
            loss += (double) DERIVATIVES[i] * logProbs[i];
        }
        return loss;
    }

    private static float[] numbers(Weight weight) {
        return Memory.compute(() -> Tensors.toFloats(weight.values()));
    }

    private static float[] derivatives() {
        float[] derivatives = new float[BATCH.numResponseTokens()];
        Arrays.fill(derivatives, -0.1f);
        derivatives[3] = 0.2f;
        return derivatives;
    }

    private static void assertClose(Tensor actual, Tensor expected) {
        assertClose(Tensors.toFloats(actual), Tensors.toFloats(expected));
    }

    private static void assertClose(float[] actual, float[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertThat((double) actual[i])
                    .isCloseTo(expected[i], within(TOLERANCE * Math.max(1, Math.abs(expected[i]))));
        }
    }
}
