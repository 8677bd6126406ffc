package org.betatron.torch.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.betatron.core.RandomStreams;
import org.betatron.core.model.OptimizerSpec;
import org.betatron.torch.TestWeights;
import org.betatron.torch.device.NativeLibraries;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.memory.Owned;
import org.betatron.torch.tensor.DataType;
import org.betatron.torch.tensor.HostTensors;
import org.betatron.torch.tensor.Tensors;
import org.betatron.torch.weight.Parameters;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// WeightMoments and weights in bf16 against float32 ones.
class RandomRoundingTest {

    private static final int SIZE = 4096;
    private static final OptimizerSpec ADAM = OptimizerSpec.AdamW.DEFAULT;

    @TempDir
    private Path directory;

    @BeforeAll
    static void loadLibraries() {
        NativeLibraries.load();
    }

    @Test
    void roundsToNeighboursAndRightOnAverage() {
        try (Owned weight = Memory.keep("weight", () -> HostTensors.floats(new float[1]));
                RandomRounding rounding = RandomRounding.of(SIZE, weight.tensor())) {
            for (float value : new float[] {1.001f, -1.001f, 3e-9f, 1, 0}) {
                double sum = 0;
                float spacing = Math.ulp(value) * (1 << 16);
                for (int call = 0; call < 8; call++) {
                    float[] rounded = round(rounding, value, call);
                    for (float each : rounded) {
                        assertThat(Float.floatToRawIntBits(each) & 0xffff).isZero();
                        assertThat(Math.abs(each - value)).isLessThanOrEqualTo(spacing);
                        sum += each;
                    }
                }
                // 32,768 draws: four standard errors of a mean within one spacing.
                assertThat(sum / (8 * SIZE)).isCloseTo(value, within(4 * 0.5 / Math.sqrt(8 * SIZE) * spacing + 1e-30));
            }
        }
    }

    @Test
    void updatesFollowThoseOfFullMomentsWhereNearestRoundingWouldStall() {
        try (Parameters full = ones();
                Parameters half = ones();
                TorchOptimizer ofFull = TorchOptimizer.create(ADAM, full);
                TorchOptimizer ofHalf = TorchOptimizer.create(ADAM, half, DataType.BF16)) {
            // Gradients shrink to a tenth: squares must come down by a thousandth of themselves per step.
            for (int step = 1; step <= 1500; step++) {
                step(ofFull, full, step);
                step(ofHalf, half, step);
            }
            float[] expected = values(full);
            float[] found = values(half);
            double moved = 0;
            double apart = 0;
            for (int i = 0; i < SIZE; i++) {
                moved += Math.abs(expected[i] - 1) / SIZE;
                apart += Math.abs(found[i] - expected[i]) / SIZE;
            }
            assertThat(moved).isGreaterThan(0.01);
            assertThat(apart).isLessThan(0.05 * moved);
        }
    }

    /// Steps of a fiftieth of what bf16 numbers lie apart, the same for all numbers of a weight: each of them jumps
    /// rarely, and by a whole spacing, while their mean goes straight.
    @ParameterizedTest
    @MethodSource("optimizers")
    void weightsMoveByLessThanTheyCanHold(OptimizerSpec spec) {
        int steps = 100;
        double spacing = 1.0 / 128; // of bf16 from 1 to 2
        double learningRate = spacing / 50;
        try (Parameters full = weights(1.5f, ScalarType.Float);
                Parameters half = weights(1.5f, ScalarType.BFloat16);
                TorchOptimizer ofFull = TorchOptimizer.create(spec, full);
                TorchOptimizer ofHalf = TorchOptimizer.create(spec, half)) {
            for (int step = 0; step < steps; step++) {
                constantStep(ofFull, full, learningRate);
                constantStep(ofHalf, half, learningRate);
            }
            double expected = values(full)[0];
            double sum = 0;
            float[] found = values(half);
            for (float each : found) {
                assertThat(Float.floatToRawIntBits(each) & 0xffff).isZero();
                sum += each;
            }
            assertThat(found).doesNotContain((float) expected).contains(1.5f);
            // Each of the jumps of a number has a variance of at most a quarter of the spacing squared; four
            // standard errors of the mean of all numbers, as far as the noise of one is not that of another.
            double error = 4 * 0.5 * spacing * Math.sqrt((double) steps / SIZE);
            assertThat(1.5 - expected).isGreaterThan(1.9 * spacing);
            assertThat(sum / SIZE).isCloseTo(expected, within(error));
        }
    }

    static List<OptimizerSpec> optimizers() {
        return List.of(OptimizerSpec.AdamW.DEFAULT, OptimizerSpec.RmsProp.DEFAULT);
    }

    /// Layers that learn alike must not be rounded alike.
    @Test
    void eachWeightHasNoiseOfItsOwn() {
        try (Parameters weights = new Parameters()) {
            List.of("first", "second")
                    .forEach(name -> TestWeights.add(weights, name, weight(name, 1.5f, ScalarType.BFloat16)));
            try (TorchOptimizer optimizer = TorchOptimizer.create(ADAM, weights)) {
                weights.names().forEach(name -> give(weights, name, 1));
                optimizer.step(1.0 / 256, 1);
            }
            assertThat(values(weights, "first")).isNotEqualTo(values(weights, "second"));
        }
    }

    @Test
    void savedMomentsGoOnBitByBit() throws IOException {
        Path file = directory.resolve("optimizer.safetensors");
        try (Parameters weights = ones();
                TorchOptimizer optimizer = TorchOptimizer.create(ADAM, weights, DataType.BF16)) {
            step(optimizer, weights, 1);
            optimizer.save(file);
            float[] before = values(weights);
            step(optimizer, weights, 2);
            float[] after = values(weights);
            Memory.run(() -> Memory.withoutGradient(() -> weights.get("weight")
                    .values()
                    .copy_(HostTensors.floats(before).view(64, SIZE / 64))));
            try (TorchOptimizer resumed = TorchOptimizer.create(ADAM, weights, DataType.BF16)) {
                resumed.load(file);
                step(resumed, weights, 2);
                assertThat(values(weights)).containsExactly(after);
            }
        }
    }

    private static float[] round(RandomRounding rounding, float value, int call) {
        return Memory.compute(() -> Tensors.toFloats(rounding.round(
                torch.full(new long[] {SIZE}, Tensors.scalar(value)), new RowSlice(0, SIZE, 1, null), call)));
    }

    private static Parameters ones() {
        return weights(1, ScalarType.Float);
    }

    private static Parameters weights(float value, ScalarType type) {
        Parameters parameters = new Parameters();
        TestWeights.add(parameters, "weight", weight("weight", value, type));
        return parameters;
    }

    private static Owned weight(String name, float value, ScalarType type) {
        return Memory.keep(
                name,
                () -> torch.full(new long[] {64, SIZE / 64}, Tensors.scalar(value))
                        .to(type)
                        .requires_grad_(true));
    }

    private static void constantStep(TorchOptimizer optimizer, Parameters weights, double learningRate) {
        give(weights, "weight", 1);
        optimizer.step(learningRate, 1);
    }

    private static void give(Parameters weights, String name, float gradient) {
        Memory.run(() -> weights.get(name)
                .values()
                .mutable_grad()
                .put(torch.full(new long[] {64, SIZE / 64}, Tensors.scalar(gradient))));
    }

    /// Noise around a drift, in the same order for every optimizer.
    private static void step(TorchOptimizer optimizer, Parameters weights, int step) {
        var random = RandomStreams.stream(5, "gradient", step);
        float[] gradient = new float[SIZE];
        for (int i = 0; i < SIZE; i++) {
            gradient[i] = (float) ((step < 500 ? 1 : 0.1) * (0.5 + random.nextGaussian()));
        }
        Memory.run(() -> weights.get("weight")
                .values()
                .mutable_grad()
                .put(HostTensors.floats(gradient).view(64, SIZE / 64)));
        optimizer.step(1e-4, 1);
    }

    private static float[] values(Parameters weights) {
        return values(weights, "weight");
    }

    private static float[] values(Parameters weights, String name) {
        return Memory.compute(
                () -> Tensors.toFloats(weights.get(name).values().detach().reshape(-1)));
    }
}
