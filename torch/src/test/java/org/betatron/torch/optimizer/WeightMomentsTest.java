package org.betatron.torch.optimizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;
import org.betatron.core.RandomStreams;
import org.betatron.core.model.OptimizerSpec;
import org.betatron.torch.ResidentMemory;
import org.betatron.torch.TestWeights;
import org.betatron.torch.device.NativeLibraries;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.tensor.DataType;
import org.betatron.torch.tensor.HostTensors;
import org.betatron.torch.tensor.Tensors;
import org.betatron.torch.weight.Parameters;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Updates of the rows that were taught, against updates of all.
class WeightMomentsTest {

    private static final OptimizerSpec ADAM = OptimizerSpec.AdamW.DEFAULT;
    private static final int STEPS = 6;

    /// More than one part of 2^20 numbers.
    private static final int ROWS = 3000;

    private static final int WIDTH = 512;

    @TempDir
    private Path directory;

    @BeforeAll
    static void loadLibraries() {
        NativeLibraries.load();
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FP32", "BF16"})
    void rowsThatWereNeverTaughtMakeNoDifference(DataType type) {
        try (Parameters some = weights(ROWS);
                Parameters all = weights(ROWS);
                Parameters untouched = weights(ROWS);
                TorchOptimizer ofSome = TorchOptimizer.create(ADAM, some, type);
                TorchOptimizer ofAll = TorchOptimizer.create(ADAM, all, type)) {
            for (int step = 0; step < STEPS; step++) {
                step(ofSome, some, step, false);
                step(ofAll, all, step, true);
            }
            assertThat(values(some)).isEqualTo(values(all));
            assertThat(values(some)).isNotEqualTo(values(untouched));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DataType.class,
            names = {"FP32", "BF16"})
    void resumedEqualsUninterrupted(DataType type) throws IOException {
        Path file = directory.resolve("optimizer.safetensors");
        try (Parameters weights = weights(ROWS);
                TorchOptimizer optimizer = TorchOptimizer.create(ADAM, weights, type);
                TorchOptimizer resumed = TorchOptimizer.create(ADAM, weights, type)) {
            step(resumed, weights, 77, false); // forgotten by load
            for (int step = 0; step < STEPS / 2; step++) {
                step(optimizer, weights, step, false);
            }
            optimizer.save(file);
            float[] middle = values(weights);
            for (int step = STEPS / 2; step < STEPS; step++) {
                step(optimizer, weights, step, false);
            }
            float[] end = values(weights);
            Memory.run(() -> Memory.withoutGradient(() -> weights.get("embedding")
                    .values()
                    .copy_(HostTensors.floats(middle).view(ROWS, WIDTH))));
            resumed.load(file);
            for (int step = STEPS / 2; step < STEPS; step++) {
                step(resumed, weights, step, false);
            }
            assertThat(values(weights)).isEqualTo(end);
        }
    }

    /// Two moments of 64 MiB each, of which a few rows are written.
    @Test
    void rowsThatWereNeverTaughtTakeNoMemory() throws IOException {
        Path file = directory.resolve("optimizer.safetensors");
        try (Parameters weights = weights(1 << 15);
                TorchOptimizer optimizer = TorchOptimizer.create(ADAM, weights);
                TorchOptimizer resumed = TorchOptimizer.create(ADAM, weights)) {
            step(optimizer, weights, 0, false);
            optimizer.save(file);
            resumed.load(file);
            step(resumed, weights, 1, false);
            for (TorchOptimizer few : List.of(optimizer, resumed)) {
                // Rows are written in two places of each moment, which take more where pages have 2 MiB.
                assertThat(ResidentMemory.of(few.moments())).isBetween(1L, 15L << 20);
            }
            step(resumed, weights, 2, true);
            assertThat(ResidentMemory.of(resumed.moments())).isGreaterThanOrEqualTo(128L << 20);
        }
    }

    private static Parameters weights(int rows) {
        Parameters parameters = new Parameters();
        TestWeights.add(
                parameters,
                "embedding",
                Memory.keep("embedding", () -> torch.ones(rows, WIDTH).requires_grad_(true)));
        return parameters;
    }

    /// Teaches 20 of the first 300 rows, and in later steps some from the second part on.
    private static void step(TorchOptimizer optimizer, Parameters weights, int step, boolean full) {
        RandomGenerator random = RandomStreams.stream(3, "rows", step);
        int[] rows = random.ints(20, 0, 300)
                .map(row -> row % 3 == 0 ? row + 2100 : row)
                .distinct()
                .toArray();
        float[] gradient = new float[rows.length * WIDTH];
        for (int i = 0; i < gradient.length; i++) {
            gradient[i] = (float) random.nextGaussian();
        }
        Memory.run(() -> {
            Tensor weight = weights.get("embedding").values();
            Tensor sparse = torch.sparse_coo_tensor(
                    HostTensors.indices(rows).unsqueeze(0),
                    HostTensors.floats(gradient).view(rows.length, WIDTH),
                    Tensors.shape(weight));
            weight.mutable_grad().put(full ? sparse.to_dense() : sparse);
        });
        optimizer.step(1e-3, 0.5);
    }

    private static float[] values(Parameters weights) {
        return Memory.compute(() ->
                Tensors.toFloats(weights.get("embedding").values().detach().reshape(-1)));
    }
}
