package org.betatron.torch.weight;

import java.util.List;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.memory.Owned;
import org.betatron.torch.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/// Whole numbers from -127 to 127 with a factor for each row, the row's largest number over 127.
///
/// @param numbers int8 `[out, in]`; owned
/// @param factors float32 `[out, 1]`; owned
record Int8Rows(Owned numbers, Owned factors) implements KeptRows {

    private static final double LARGEST = 127;

    /// @param values `[out, in]`, lent
    static Int8Rows of(Tensor values) {
        List<Owned> kept = Memory.withoutGradient(() -> Memory.keepAll("int8 weight", () -> {
            Tensor wide = Tensors.toFloat(values.detach());
            Tensor factors = wide.abs().amax(new long[] {1}, true).div(Tensors.scalar(LARGEST));
            // A row of zeros has no factor, and needs none.
            Tensor divisors = factors.clamp_min(Tensors.scalar(Float.MIN_NORMAL));
            return List.of(wide.div(divisors).round().to(ScalarType.Char), factors);
        }));
        return new Int8Rows(kept.getFirst(), kept.getLast());
    }

    @Override
    public long[] shape() {
        return Tensors.shape(numbers.tensor());
    }

    @Override
    public List<Tensor> tensors() {
        return List.of(numbers.tensor(), factors.tensor());
    }

    @Override
    public Tensor widened(long first, long count) {
        return Memory.scoped(() -> Tensors.toFloat(numbers.tensor().narrow(0, first, count))
                .mul_(factors.tensor().narrow(0, first, count)));
    }

    @Override
    public void close() {
        numbers.close();
        factors.close();
    }
}
