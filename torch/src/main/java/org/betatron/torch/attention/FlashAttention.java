package org.betatron.torch.attention;

import java.util.List;
import org.betatron.torch.tensor.Operators;
import org.betatron.torch.tensor.Tensors;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/// Attention over a [org.betatron.core.model.PackedBatch] on a graphics card, all segments of it in one call
/// (Dao 2023, arXiv 2307.08691): FlashAttention 2 with the ends of the segments instead of padding.
///
/// Its causal mask ends at the bottom right corner: the last query of a segment sees all its keys. PyTorch's
/// `torch.nn.attention.bias.causal_lower_right` relies on that, too. It needs a card of compute capability
/// 8.0 and half precision.
///
/// Lives in the scope that made it: indices are made once per batch and shared by all layers.
final class FlashAttention implements Attention {

    static final String OPERATOR = "aten::_flash_attention_forward";

    private static final int MOST_DIMS = 256;
    private static final int DIMS_STEP = 8;

    private final Tensor keyRows; // int64 [keys]
    private final Tensor queryEnds; // int32 [segments + 1]
    private final Tensor keyEnds; // int32 [segments + 1]
    private final long longestQueries;
    private final long longestKeys;

    /// @param beside a tensor of the device that it runs on
    FlashAttention(AttentionSegments segments, Tensor beside) {
        keyRows = Tensors.indices(segments.keyRows(), beside);
        queryEnds = Tensors.ints(segments.queryEnds(), beside);
        keyEnds = Tensors.ints(segments.keyEnds(), beside);
        longestQueries = AttentionSegments.longest(segments.queryEnds());
        longestKeys = AttentionSegments.longest(segments.keyEnds());
    }

    /// @param type   number format of queries, keys and values
    /// @param layers attention of each layer
    /// @param beside a tensor of their device
    /// @return whether the kernel takes them all; it caps no scores
    static boolean suits(ScalarType type, List<AttentionSpec> layers, Tensor beside) {
        return beside.is_cuda()
                && type != ScalarType.Float
                && layers.stream()
                        .allMatch(spec ->
                                spec.headDim() <= MOST_DIMS && spec.headDim() % DIMS_STEP == 0 && !spec.isCapped());
    }

    @Override
    public Tensor attend(int layer, AttentionSpec spec, Tensor queries, Tensor keys, Tensor values) {
        ScalarType type = Tensors.typeOf(values);
        Tensor attended = Operators.call(
                OPERATOR,
                arguments(
                        spec,
                        queries.to(type),
                        keys.to(type).index_select(0, keyRows),
                        values.index_select(0, keyRows)));
        return attended.reshape(queries.size(0), queries.size(1) * queries.size(2)); // [T, H * D]
    }

    /// @param queries `[T, H, D]`
    /// @param keys    `[keys, K, D]`
    /// @param values  `[keys, K, D]`
    private IValueVector arguments(AttentionSpec spec, Tensor queries, Tensor keys, Tensor values) {
        return new IValueVector(
                new IValue(queries.contiguous()), // query
                new IValue(keys), // key
                new IValue(values), // value
                new IValue(queryEnds), // cum_seq_q
                new IValue(keyEnds), // cum_seq_k
                new IValue(longestQueries), // max_q
                new IValue(longestKeys), // max_k
                new IValue(0.0), // dropout_p
                new IValue(true), // is_causal
                new IValue(false), // return_debug_mask
                new IValue(spec.scale()), // scale
                spec.window() == AttentionSpec.WHOLE
                        ? new IValue()
                        : new IValue(spec.window() - 1L), // window_size_left
                new IValue(), // window_size_right
                new IValue(), // seqused_k: all
                new IValue()); // alibi_slopes
    }
}
