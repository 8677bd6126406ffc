package org.betatron.torch.optimizer;

import org.betatron.torch.memory.Memory;
import org.betatron.torch.memory.Owned;
import org.betatron.torch.tensor.HostTensors;
import org.betatron.torch.tensor.Tensors;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/// Rounds float32 to what bf16 can hold, up or down at random, so that the mean is right.
///
/// A running mean of squares moves by a thousandth of itself per step, and a weight by less; bf16
/// numbers lie four to eight thousandths apart. Rounded to the nearest, neither would ever move
/// (Gupta et al. 2015, arXiv 1502.02551). The noise is drawn once and read from another place each
/// time: equal calls give equal results.
///
/// @param noise uniform in `[0, 2^16)`, int32; owned
record RandomRounding(Owned noise) implements AutoCloseable {

    private static final int OFFSETS = 1 << 16;
    private static final long SEED = 20150209;

    /// @param most   numbers that are rounded at once
    /// @param beside a tensor of their device
    static RandomRounding of(long most, Tensor beside) {
        return new RandomRounding(Memory.keep("noise of rounding", () -> {
            GeneratorOptional generator = new GeneratorOptional(torch.make_generator_cpu(SEED));
            // Drawn by the processor, so that it is the same on every device.
            Tensor noise =
                    HostTensors.empty(ScalarType.Int, most + OFFSETS).random_(0, new LongOptional(OFFSETS), generator);
            return Tensors.moved(noise, beside);
        }));
    }

    /// @param values float32 `[n]`, finite; used up
    /// @param part   which numbers they are: what a number is rounded with does not depend on the
    ///     others
    /// @param call   which of the calls this is
    /// @return the rounded values, float32 whose lower 16 bits are zero
    Tensor round(Tensor values, RowSlice part, long call) {
        long offset = Math.floorMod(call * 40_503, (long) OFFSETS); // Knuth's multiplicative hashing
        Tensor bits = values.view(ScalarType.Int);
        return bits.add_(part.select(noise.tensor().narrow(0, offset, part.count())), new Scalar(1L))
                .bitwise_and_(new Scalar(-65536L))
                .view(ScalarType.Float);
    }

    @Override
    public void close() {
        noise.close();
    }
}
