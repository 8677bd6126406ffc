package org.betatron.torch.weight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.betatron.core.model.OptimizerSpec;
import org.betatron.torch.TestWeights;
import org.betatron.torch.device.NativeLibraries;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.optimizer.TorchOptimizer;
import org.betatron.torch.tensor.HostTensors;
import org.betatron.torch.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Rows of a gradient against the full matrix that autograd would make.
class GradientsTest {

    private static final long SEED = 20261123;
    private static final int VOCABULARY = 60;
    private static final int WIDTH = 5;

    private final RandomGenerator random = new SplittableRandom(SEED);
    private final Parameters weights = parameters();
    private final float[] expected = new float[VOCABULARY * WIDTH];

    @BeforeAll
    static void loadLibraries() {
        NativeLibraries.load();
    }

    @AfterEach
    void closeWeights() {
        weights.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 29, 31, 200})
    void rowsAddUpHoweverManyThereAre(int rowsPerCall) {
        Memory.run(() -> {
            for (int call = 0; call < 3; call++) {
                add(rowsPerCall);
            }
            Tensor gradient = weight().grad();
            assertThat(gradient.is_sparse()).isEqualTo(3 * rowsPerCall <= VOCABULARY / 2);
            double squares = 0;
            for (float value : expected) {
                squares += value * value;
            }
            assertThat(Gradients.norm(weight())).isCloseTo(Math.sqrt(squares), within(1e-5));
            for (int row : new int[] {0, 13, VOCABULARY - 1}) {
                float[] part = Tensors.toFloats(Gradients.part(weight(), (long) row * WIDTH, WIDTH));
                for (int i = 0; i < WIDTH; i++) {
                    assertThat(part[i]).isCloseTo(expected[row * WIDTH + i], within(1e-5f));
                }
            }
            assertThat(Tensors.toFloats(Gradients.dense(weight()).view(-1))).containsExactly(expected, within(1e-5f));
        });
    }

    @Test
    void rowsAreAddedToAFullGradient() {
        Memory.run(() -> {
            Gradients.dense(weight()).fill_(Tensors.scalar(2));
            Arrays.fill(expected, 2);
            add(3);
            assertThat(Tensors.toFloats(weight().grad().view(-1))).containsExactly(expected, within(1e-6f));
        });
    }

    @Test
    void anUpdateFromRowsIsThatFromTheFullMatrix() {
        try (Parameters full = parameters();
                TorchOptimizer ofRows = TorchOptimizer.create(OptimizerSpec.AdamW.DEFAULT, weights);
                TorchOptimizer ofFull = TorchOptimizer.create(OptimizerSpec.AdamW.DEFAULT, full)) {
            for (int step = 0; step < 3; step++) {
                Memory.run(() -> {
                    add(9);
                    full.get("embedding")
                            .values()
                            .mutable_grad()
                            .put(weight().grad().coalesce().to_dense());
                });
                ofRows.step(0.1, 0.5);
                ofFull.step(0.1, 0.5);
            }
            Memory.run(() -> assertThat(Tensors.toFloats(weight().detach().view(-1)))
                    .containsExactly(Tensors.toFloats(
                            full.get("embedding").values().detach().view(-1))));
        }
    }

    private static Parameters parameters() {
        Parameters parameters = new Parameters();
        TestWeights.add(
                parameters,
                "embedding",
                Memory.keep("embedding", () -> torch.ones(VOCABULARY, WIDTH).requires_grad_(true)));
        return parameters;
    }

    private Tensor weight() {
        return weights.get("embedding").values();
    }

    /// Adds random rows, some of them several times, to the gradient and to what is expected of it.
    private void add(int count) {
        int[] rows = random.ints(count, 0, VOCABULARY).toArray();
        float[] values = new float[count * WIDTH];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
            expected[rows[i / WIDTH] * WIDTH + i % WIDTH] += values[i];
        }
        Gradients.addToRows(
                weight(), HostTensors.indices(rows), HostTensors.floats(values).view(count, WIDTH));
    }
}
