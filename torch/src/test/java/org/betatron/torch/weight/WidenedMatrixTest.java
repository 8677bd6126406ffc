package org.betatron.torch.weight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.betatron.torch.device.NativeLibraries;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.tensor.DataType;
import org.betatron.torch.tensor.HostTensors;
import org.betatron.torch.tensor.Products;
import org.betatron.torch.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Products of a matrix that is widened in pieces, against those of the whole in float32.
class WidenedMatrixTest {

    private static final int ROWS = 6;
    private static final int OUT = 23;
    private static final int IN = 16;

    private final RandomGenerator random = new SplittableRandom(7);

    @BeforeAll
    static void loadLibraries() {
        NativeLibraries.load();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 5, 22, 23, 100})
    void productsAreThoseOfFloat32(long pieceRows) {
        Memory.run(() -> {
            Products products = new Products(DataType.FP32);
            Tensor half = numbers(OUT, IN).to(ScalarType.BFloat16);
            Matrix widened = new WidenedMatrix(products, new WidenedMatrix.Narrow(half), pieceRows);
            Matrix whole = new DenseMatrix(products, Tensors.toFloat(half));
            Tensor input = numbers(ROWS, IN);
            Tensor derivative = numbers(ROWS, OUT);
            Tensor bias = numbers(1, OUT).view(OUT);
            same(widened.product(input, null), whole.product(input, null));
            same(widened.product(input, bias), whole.product(input, bias));
            same(widened.product(input, derivative), whole.product(input, derivative));
            same(widened.back(derivative), whole.back(derivative));
            Tensor out = numbers(ROWS, OUT);
            widened.productInto(out, input);
            same(out, whole.product(input, null));
        });
    }

    private Tensor numbers(int rows, int columns) {
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return HostTensors.floats(values).view(rows, columns);
    }

    private static void same(Tensor found, Tensor expected) {
        assertThat(Tensors.typeOf(found)).isEqualTo(ScalarType.Float);
        assertThat(Tensors.toFloats(found)).containsExactly(Tensors.toFloats(expected), within(1e-5f));
    }
}
