package org.betatron.torch.weight;

import java.util.List;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.memory.Owned;
import org.betatron.torch.tensor.HostTensors;
import org.betatron.torch.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/// Four bits a number: which of sixteen quantiles of a normal distribution, times a factor for each
/// block of 64 numbers of a row, the block's largest number (NF4; Dettmers et al. 2023, arXiv
/// 2305.14314, appendix E). Factors are float32; the paper's second quantisation, of the factors,
/// is left out.
///
/// @param codes   two numbers a byte, the first one in the upper half, uint8 `[out, in / 2]`; owned
/// @param factors float32 `[out, in / 64]`; owned
/// @param table   float32 `[16]`; owned
record Nf4Rows(Owned codes, Owned factors, Owned table) implements KeptRows {

    static final int BLOCK = 64;

    /// The quantiles, as in the appendix and in bitsandbytes.
    private static final double[] QUANTILES = {
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

    /// @param values `[out, in]`, in a multiple of [#BLOCK], lent
    static Nf4Rows of(Tensor values) {
        List<Owned> kept = Memory.withoutGradient(() -> Memory.keepAll("nf4 weight", () -> {
            long rows = values.size(0);
            Tensor blocks = Tensors.toFloat(values.detach()).contiguous().view(rows, -1, BLOCK);
            Tensor factors = blocks.abs().amax(new long[] {2}, true); // [out, in / 64, 1]
            Tensor scaled = blocks.div(factors.clamp_min(Tensors.scalar(Float.MIN_NORMAL)));
            Tensor nearest = torch.searchsorted(Tensors.moved(HostTensors.floats(middles()), values), scaled)
                    .to(ScalarType.Byte)
                    .view(rows, -1, 2);
            Tensor codes = nearest.select(2, 0).mul(new Scalar(16L)).add(nearest.select(2, 1));
            return List.of(
                    codes.contiguous(),
                    factors.squeeze(2).contiguous(),
                    Tensors.moved(HostTensors.floats(quantiles()), values));
        }));
        return new Nf4Rows(kept.get(0), kept.get(1), kept.get(2));
    }

    /// @return numbers half way between quantiles
    private static float[] middles() {
        float[] middles = new float[QUANTILES.length - 1];
        for (int i = 0; i < middles.length; i++) {
            middles[i] = (float) ((QUANTILES[i] + QUANTILES[i + 1]) / 2);
        }
        return middles;
    }

    private static float[] quantiles() {
        float[] quantiles = new float[QUANTILES.length];
        for (int i = 0; i < quantiles.length; i++) {
            quantiles[i] = (float) QUANTILES[i];
        }
        return quantiles;
    }

    @Override
    public long[] shape() {
        return new long[] {codes.tensor().size(0), 2 * codes.tensor().size(1)};
    }

    @Override
    public List<Tensor> tensors() {
        return List.of(codes.tensor(), factors.tensor(), table.tensor());
    }

    @Override
    public Tensor widened(long first, long count) {
        return Memory.scoped(() -> {
            Tensor packed = codes.tensor().narrow(0, first, count);
            Tensor upper = torch.bitwise_right_shift(packed, new Scalar(4L));
            Tensor lower = packed.bitwise_and(new Scalar(15L));
            Tensor indices =
                    torch.stack(new TensorVector(upper, lower), 2).view(-1).to(ScalarType.Int);
            return table.tensor()
                    .index_select(0, indices)
                    .view(count, -1, BLOCK)
                    .mul_(factors.tensor().narrow(0, first, count).unsqueeze(2))
                    .view(count, -1);
        });
    }

    @Override
    public void close() {
        codes.close();
        factors.close();
        table.close();
    }
}
