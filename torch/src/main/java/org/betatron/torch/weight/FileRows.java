package org.betatron.torch.weight;

import java.util.List;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.memory.Owned;
import org.betatron.torch.tensor.HostTensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/// A matrix as it lies in a file that is open as long as the model is.
///
/// @param shape  `[out, in]`
/// @param reader widens rows of it
/// @param beside an empty tensor, which says where the model is; owned
@SuppressWarnings("ArrayRecordComponent") // never compared
record FileRows(long[] shape, RowReader reader, Owned beside) implements KeptRows {

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
        float[] numbers = new float[Math.toIntExact(count * shape[1])];
        reader.read(first, (int) count, numbers);
        return HostTensors.floats(numbers).view(count, shape[1]);
    }

    @Override
    public void close() {
        beside.close();
    }
}
