package org.betatron.torch.weight;

import java.util.List;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.memory.Owned;
import org.betatron.torch.tensor.HostTensors;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/// A matrix as it lies in a file that is open as long as the model is.
///
/// @param shape  `[out, in]`
/// @param reader widens rows of it
/// @param beside an empty tensor, which says where the model is; owned
@SuppressWarnings("ArrayRecordComponent") // never compared
record FileRows(long[] shape, RowReader reader, Owned beside) implements KeptRows {

    /// Numbers that pass through the heap at once: few enough to stay in a processor's cache.
    private static final long PIECE = 1 << 16;

    /// Of each thread, and used again: arrays as large as a matrix would fill the heap between two sweeps.
    private static final ThreadLocal<float[]> BUFFER = ThreadLocal.withInitial(() -> new float[0]);

    /// Reads rows of one matrix, on any thread.
    @FunctionalInterface
    public interface RowReader {

        /// @param first  number of a row
        /// @param count  how many
        /// @param target `count * in` numbers
        void read(long first, int count, float[] target);
    }

    static FileRows of(long[] shape, RowReader reader) {
        return new FileRows(
                shape, reader, Memory.keep("place of a file's weight", () -> HostTensors.empty(ScalarType.Byte, 0)));
    }

    @Override
    public List<Tensor> tensors() {
        return List.of(beside.tensor());
    }

    @Override
    public Tensor widened(long first, long count) {
        Tensor wide = HostTensors.empty(ScalarType.Float, count, shape[1]);
        int atOnce = (int) Math.clamp(PIECE / Math.max(1, shape[1]), 1, Math.max(1, count));
        float[] numbers = buffer(Math.toIntExact(atOnce * shape[1]));
        try (FloatPointer target = new FloatPointer(wide.data_ptr())) {
            for (long from = 0; from < count; from += atOnce) {
                int now = (int) Math.min(atOnce, count - from);
                reader.read(first + from, now, numbers);
                target.position(from * shape[1]).put(numbers, 0, Math.toIntExact(now * shape[1]));
            }
        }
        return wide;
    }

    private static float[] buffer(int size) {
        float[] numbers = BUFFER.get();
        if (numbers.length < size) {
            numbers = new float[size];
            BUFFER.set(numbers);
        }
        return numbers;
    }

    @Override
    public void close() {
        beside.close();
    }
}
