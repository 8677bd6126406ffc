package org.betatron.torch.attention;

import java.util.List;
import org.betatron.core.model.PackedBatch;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/// Which rows of a flat batch attend to which: the only part of a transformer that sees more than one row.
///
/// `T` rows, `H` query heads, `K` key-value heads, `D` dimensions of a head.
public interface Attention {

    /// libtorch's attention on the processor multiplies bf16 numbers one by one, half the time of a step of
    /// bf16 products; so there it is computed in float32.
    ///
    /// @param batch  what is attended over
    /// @param type   number format of products
    /// @param layers attention of each layer
    /// @param beside a tensor of the device that it runs on
    /// @return attention over the batch, in the current scope: in one call where a kernel for that is there
    static Attention over(PackedBatch batch, ScalarType type, List<AttentionSpec> layers, Tensor beside) {
        return FlashAttention.suits(type, layers, beside)
                ? new FlashAttention(new AttentionSegments(batch), beside)
                : new PackedAttention(batch, layers, beside.is_cpu() ? ScalarType.Float : type, beside);
    }

    /// @param layer   number of the layer, from 0
    /// @param spec    its attention
    /// @param queries `[T, H, D]`, in any number format
    /// @param keys    `[T, K, D]`
    /// @param values  `[T, K, D]`, in the format of products
    /// @return `[T, H * D]`
    Tensor attend(int layer, AttentionSpec spec, Tensor queries, Tensor keys, Tensor values);
}
