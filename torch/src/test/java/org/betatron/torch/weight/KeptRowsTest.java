package org.betatron.torch.weight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.random.RandomGenerator;
import org.betatron.core.RandomStreams;
import org.betatron.torch.device.NativeLibraries;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.tensor.DataType;
import org.betatron.torch.tensor.HostTensors;
import org.betatron.torch.tensor.Products;
import org.betatron.torch.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Formats of weights that do not train.
class KeptRowsTest {

    private static final int OUT = 7;
    private static final int IN = 128;

    @BeforeAll
    static void loadLibtorch() {
        NativeLibraries.load();
    }

    private static float[] numbers() {
        RandomGenerator random = RandomStreams.stream(3, "numbers", 0);
        float[] numbers = new float[OUT * IN];
        for (int i = IN; i < numbers.length; i++) { // the first row is zeros
            numbers[i] = (float) (0.02 * random.nextGaussian());
        }
        return numbers;
    }

    private static KeptRows kept(String format, Tensor values) {
        return format.equals("int8") ? Int8Rows.of(values) : Nf4Rows.of(values);
    }

    /// No number is further from what it was than half of a step there.
    @Test
    void int8RoundsToTheNearest() {
        float[] numbers = numbers();
        Memory.run(() -> {
            try (Int8Rows rows = Int8Rows.of(HostTensors.floats(numbers).view(OUT, IN))) {
                float[] wide = Tensors.toFloats(rows.widened(0, OUT));
                for (int row = 0; row < OUT; row++) {
                    double largest = 0;
                    for (int i = 0; i < IN; i++) {
                        largest = Math.max(largest, Math.abs(numbers[row * IN + i]));
                    }
                    for (int i = 0; i < IN; i++) {
                        assertThat((double) wide[row * IN + i])
                                .isCloseTo(numbers[row * IN + i], within(largest / 254 + 1e-9));
                    }
                }
            }
        });
    }

    /// By the definition, in plain Java: the nearest of sixteen quantiles times the largest number of each block.
    @Test
    void nf4TakesTheNearestQuantile() {
        float[] numbers = numbers();
        double[] quantiles = {
            -1.0,
            -0.6961928009986877,
            -0.5250730514526367,
            -0.39491748809814453,
            -0.28444138169288635,
            -0.18477343022823334,
            -0.09105003625154495,
            0.0,
            0.07958029955625534,
            0.16093020141124725,
            0.24611230194568634,
            0.33791524171829224,
            0.44070982933044434,
            0.5626170039176941,
            0.7229568362236023,
            1.0
        };
        Memory.run(() -> {
            try (Nf4Rows rows = Nf4Rows.of(HostTensors.floats(numbers).view(OUT, IN))) {
                float[] wide = Tensors.toFloats(rows.widened(0, OUT));
                for (int block = 0; block < numbers.length / 64; block++) {
                    double largest = 0;
                    for (int i = 0; i < 64; i++) {
                        largest = Math.max(largest, Math.abs(numbers[block * 64 + i]));
                    }
                    for (int i = 0; i < 64; i++) {
                        double nearest = Double.POSITIVE_INFINITY;
                        for (double quantile : quantiles) {
                            double candidate = quantile * largest;
                            if (Math.abs(candidate - numbers[block * 64 + i])
                                    < Math.abs(nearest - numbers[block * 64 + i])) {
                                nearest = candidate;
                            }
                        }
                        assertThat((double) wide[block * 64 + i]).isCloseTo(nearest, within(1e-8));
                    }
                }
                assertThat(rows.tensors().stream()
                                .mapToLong(tensor -> tensor.numel() * tensor.element_size())
                                .sum())
                        .isEqualTo(OUT * IN / 2 + OUT * IN / 64 * 4 + 64);
            }
        });
    }

    /// Products, derivatives, rows and pieces are those of the widened matrix.
    @ParameterizedTest
    @CsvSource({"int8, FP32", "nf4, FP32", "int8, BF16", "nf4, BF16"})
    void multiplies(String format, DataType precision) {
        Memory.run(() -> Memory.runWithoutGradient(() -> {
            Tensor input = HostTensors.floats(numbers()).view(OUT, IN).mul(Tensors.scalar(30));
            KeptRows rows = kept(format, HostTensors.floats(numbers()).view(OUT, IN));
            try (KeptWeight weight = new KeptWeight(rows, new Products(precision))) {
                Tensor wide = weight.values();
                assertThat(weight.shape()).containsExactly(OUT, IN);
                assertThat(weight.trains()).isFalse();
                double tolerance = precision == DataType.FP32 ? 1e-5 : 0.05;
                Tensor derivative = HostTensors.floats(numbers())
                        .view(OUT, IN)
                        .narrow(1, 0, OUT)
                        .mul(Tensors.scalar(9));
                for (long pieceRows : new long[] {1, 3, OUT}) {
                    WidenedMatrix matrix = new WidenedMatrix(new Products(precision), rows, pieceRows);
                    assertClose(matrix.product(input, null), torch.matmul(input, wide.t()), tolerance);
                    assertClose(matrix.back(derivative), torch.matmul(derivative, wide), tolerance);
                }
                Tensor some = HostTensors.indices(new int[] {4, 1, 4});
                assertClose(weight.rows(some), wide.index_select(0, some), 0);
            }
        }));
    }

    private static void assertClose(Tensor actual, Tensor expected, double tolerance) {
        float[] found = Tensors.toFloats(Tensors.toFloat(actual));
        float[] wanted = Tensors.toFloats(expected);
        assertThat(found).hasSameSizeAs(wanted);
        for (int i = 0; i < wanted.length; i++) {
            assertThat((double) found[i]).isCloseTo(wanted[i], within(tolerance));
        }
    }
}
