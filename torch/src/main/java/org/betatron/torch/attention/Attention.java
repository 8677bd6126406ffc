package org.betatron.torch.attention;

import org.betatron.core.model.PackedBatch;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/// Which rows of a flat batch attend to which: the only part of a transformer that sees more than one row.
///
/// `T` rows, `H` query heads, `D` dimensions of a head.
public interface Attention {

    /// libtorch's attention on the processor multiplies bf16 numbers one by one, half the time of a step of
    /// bf16 products; so there it is computed in float32.
    ///
    /// @param batch   what is attended over
    /// @param type    number format of products
    /// @param headDim dimensions of a head
    /// @param beside  a tensor of the device that it runs on
    /// @return attention over the batch, in the current scope: in one call where a kernel for that is there
    static Attention over(PackedBatch batch, ScalarType type, long headDim, Tensor beside) {
        return FlashAttention.suits(type, headDim, beside)
                ? new FlashAttention(new AttentionSegments(batch), beside)
                : new PackedAttention(batch, beside.is_cpu() ? ScalarType.Float : type, beside);
    }

    /// @param layer   number of the layer, from 0
    /// @param queries `[T, H, D]`, in any number format
    /// @param keys    `[T, H, D]`, repeated for grouped queries
    /// @param values  `[T, H, D]`, in the format of products
    /// @return `[T, H * D]`
    Tensor attend(int layer, Tensor queries, Tensor keys, Tensor values);

    /// Softmax attention of one query per sequence.
    ///
    /// @param queries `[S, H, D]`
    /// @param keys    `[S, C, H, D]`
    /// @param values  `[S, C, H, D]`
    /// @param mask    added to the scores, `[S, 1, 1, C]`
    /// @return `[S, H * D]`
    static Tensor masked(Tensor queries, Tensor keys, Tensor values, Tensor mask) {
        Tensor out = torch.scaled_dot_product_attention(
                queries.unsqueeze(2), // [S, H, 1, D]
                keys.transpose(1, 2), // [S, H, C, D]
                values.transpose(1, 2),
                new TensorOptional(mask),
                0,
                false,
                new DoubleOptional(),
                false); // [S, H, 1, D]
        return out.reshape(queries.size(0), queries.size(1) * queries.size(2));
    }

    /// Softmax attention of one segment.
    ///
    /// @param queries `[q, H, D]`
    /// @param keys    `[k, H, D]`
    /// @param values  `[k, H, D]`
    /// @param mask    added to the scores, `[q, k]`, or null
    /// @param causal  whether query i sees keys 0 to i only; without a mask
    /// @return `[q, H * D]`
    static Tensor segment(Tensor queries, Tensor keys, Tensor values, @Nullable Tensor mask, boolean causal) {
        Tensor out = torch.scaled_dot_product_attention(
                batched(queries),
                batched(keys),
                batched(values),
                mask == null ? new TensorOptional((Pointer) null) : new TensorOptional(mask),
                0,
                causal,
                new DoubleOptional(),
                false); // [1, H, q, D]
        return out.squeeze(0).transpose(0, 1).reshape(queries.size(0), queries.size(1) * queries.size(2));
    }

    private static Tensor batched(Tensor heads) {
        return heads.transpose(0, 1).unsqueeze(0); // [1, H, t, D]
    }
}
