package org.betatron.torch.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import org.betatron.core.RandomStreams;
import org.betatron.core.model.OptimizerSpec;
import org.betatron.torch.HostTensors;
import org.betatron.torch.Tensors;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.memory.NativeLibraries;
import org.betatron.torch.memory.Owned;
import org.betatron.torch.model.Parameters;
import org.betatron.torch.weights.DataType;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Moments in bf16 against moments in float32.
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
            Memory.run(() -> Memory.withoutGradient(
                    () -> weights.get("weight").copy_(HostTensors.floats(before).view(64, SIZE / 64))));
            try (TorchOptimizer resumed = TorchOptimizer.create(ADAM, weights, DataType.BF16)) {
                resumed.load(file);
                step(resumed, weights, 2);
                assertThat(values(weights)).containsExactly(after);
            }
        }
    }

    private static float[] round(RandomRounding rounding, float value, int call) {
        return Memory.compute(() -> Tensors.toFloats(rounding.round(
                torch.full(new long[] {SIZE}, Tensors.scalar(value)), new Part(0, SIZE, 1, null), call)));
    }

    private static Parameters ones() {
        Parameters parameters = new Parameters();
        parameters.add(
                "weight", Memory.keep("weight", () -> torch.ones(64, SIZE / 64).requires_grad_(true)));
        return parameters;
    }

    /// Noise around a drift, in the same order for every optimizer.
    private static void step(TorchOptimizer optimizer, Parameters weights, int step) {
        var random = RandomStreams.stream(5, "gradient", step);
        float[] gradient = new float[SIZE];
        for (int i = 0; i < SIZE; i++) {
            gradient[i] = (float) ((step < 500 ? 1 : 0.1) * (0.5 + random.nextGaussian()));
        }
        Memory.run(() -> weights.get("weight")
                .mutable_grad()
                .put(HostTensors.floats(gradient).view(64, SIZE / 64)));
        optimizer.step(1e-4, 1);
    }

    private static float[] values(Parameters weights) {
        return Memory.compute(
                () -> Tensors.toFloats(weights.get("weight").detach().reshape(-1)));
    }
}
