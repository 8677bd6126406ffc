package org.betatron.torch.plan;

import java.util.Arrays;
import org.betatron.torch.device.ComputeDevice;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.tensor.DataType;
import org.betatron.torch.tensor.HostTensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/// How fast this machine multiplies just now.
public final class ProductRate {

    private static final int ROUNDS = 5;
    private static final long ROWS = 512;
    private static final long MOST_COLUMNS = 4096;

    private ProductRate() {}

    /// Multiplies some rows with a matrix of such a shape, a few times, with all threads.
    ///
    /// @param in   columns of the rows; of more than 4,096, as many are multiplied
    /// @param out  columns of the result, in the same way
    /// @param type number format of products
    /// @return floating-point operations per second, of the median time
    public static double measure(long in, long out, DataType type, ComputeDevice device) {
        return measured(Math.min(in, MOST_COLUMNS), Math.min(out, MOST_COLUMNS), type, device);
    }

    private static Tensor zeros(long rows, long columns, DataType type, ComputeDevice device) {
        return HostTensors.floats(new float[Math.toIntExact(rows * columns)])
                .view(rows, columns)
                .to(device.toLibtorch(), type.scalarType());
    }

    private static double measured(long in, long out, DataType type, ComputeDevice device) {
        return Memory.compute(() -> Memory.withoutGradient(() -> {
            Tensor rows = zeros(ROWS, in, type, device);
            Tensor matrix = zeros(in, out, type, device);
            double[] seconds = new double[ROUNDS];
            torch.matmul(rows, matrix);
            for (int i = 0; i < ROUNDS; i++) {
                long begun = System.nanoTime();
                // Reading a number waits for a graphics card.
                torch.matmul(rows, matrix).flatten().narrow(0, 0, 1).item();
                seconds[i] = (System.nanoTime() - begun) * 1e-9;
            }
            Arrays.sort(seconds);
            return 2.0 * ROWS * in * out / seconds[ROUNDS / 2];
        }));
    }
}
