package org.betatron.torch.attention;

import org.betatron.torch.tensor.Tensors;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/// Softmax attention of queries over keys, and what hides keys from queries. Keys and values keep their own heads, `K`,
/// however many query heads, `H`, each serves. `D` dimensions of a head. All results belong to the current scope.
public final class SoftmaxAttention {

    private SoftmaxAttention() {}

    /// Of one query for each of several sequences.
    ///
    /// @param queries `[S, H, D]`
    /// @param keys    `[S, C, K, D]`
    /// @param values  `[S, C, K, D]`
    /// @param mask    added to the scores, `[S, 1, 1, C]`
    /// @return `[S, H * D]`
    public static Tensor ofSingles(AttentionSpec spec, Tensor queries, Tensor keys, Tensor values, Tensor mask) {
        Tensor out = attend(
                spec,
                queries.unsqueeze(2), // [S, H, 1, D]
                byHeads(spec, keys), // [S, K, C, D]
                byHeads(spec, values),
                mask); // [S, H, 1, D]
        return out.reshape(queries.size(0), queries.size(1) * queries.size(2));
    }

    /// With capped scores, keys and values of one sequence would go into the products as they lie and
    /// those of several as copies, and on some processors the two round differently: with copies
    /// always, a sequence does not depend on how many are beside it.
    private static Tensor byHeads(AttentionSpec spec, Tensor cached) {
        Tensor heads = cached.transpose(1, 2);
        return spec.isCapped() ? heads.contiguous() : heads;
    }

    /// Of one segment.
    ///
    /// @param queries `[q, H, D]`
    /// @param keys    `[k, K, D]`
    /// @param values  `[k, K, D]`
    /// @param mask    added to the scores, `[q, k]`; null where query i sees keys 0 to i
    /// @return `[q, H * D]`
    public static Tensor ofSegment(
            AttentionSpec spec, Tensor queries, Tensor keys, Tensor values, @Nullable Tensor mask) {
        Tensor out = attend(spec, batched(queries), batched(keys), batched(values), mask); // [1, H, q, D]
        return out.squeeze(0).transpose(0, 1).reshape(queries.size(0), queries.size(1) * queries.size(2));
    }

    private static Tensor batched(Tensor heads) {
        return heads.transpose(0, 1).unsqueeze(0); // [1, heads, t, D]
    }

    private static Tensor attend(
            AttentionSpec spec, Tensor queries, Tensor keys, Tensor values, @Nullable Tensor mask) {
        if (spec.isCapped()) {
            return capped(spec, queries, keys, values, mask);
        }
        return torch.scaled_dot_product_attention(
                queries,
                keys,
                values,
                mask == null ? new TensorOptional((Pointer) null) : new TensorOptional(mask),
                0,
                mask == null,
                new DoubleOptional(spec.scale()),
                spec.numHeads() != spec.numKeyValueHeads());
    }

    /// No kernel of libtorch caps scores. The queries of all heads that share a key head are rows of one product.
    ///
    /// Keys and values of one sequence would go into the products as they lie, those of several as copies,
    /// and on some processors the two round differently: with copies always, a sequence does not depend
    /// on how many are beside it.
    private static Tensor capped(
            AttentionSpec spec, Tensor queries, Tensor keys, Tensor values, @Nullable Tensor mask) {
        long count = queries.size(2);
        long[] grouped = {queries.size(0), keys.size(1), -1, queries.size(3)}; // [B, K, H / K * q, D]
        Tensor scores = torch.matmul(queries.reshape(grouped), keys.transpose(2, 3))
                .to(ScalarType.Float)
                .mul(Tensors.scalar(spec.scale() / spec.logitCap()))
                .tanh()
                .mul(Tensors.scalar(spec.logitCap()))
                .view(queries.size(0), queries.size(1), count, keys.size(2)); // [B, H, q, k]
        Tensor hidden = mask == null ? mask(spec, 0, count, ScalarType.Float, queries) : mask;
        Tensor shares = torch.softmax(scores.add(hidden), -1).to(Tensors.typeOf(values));
        return torch.matmul(shares.view(queries.size(0), keys.size(1), -1, keys.size(2)), values)
                .view(Tensors.shape(queries));
    }

    /// @param past   keys before the first query's own
    /// @param beside a tensor of the wanted device
    /// @return `[queries, past + queries]`: 0 where query i may see key j, that is
    ///     `past + i - window < j <= past + i`, else -infinity
    public static Tensor mask(AttentionSpec spec, long past, long queries, ScalarType type, Tensor beside) {
        Tensor later = torch.triu(hidden(past, queries, type, beside), past + 1);
        return spec.isNarrowerThan(past + queries)
                ? later.add_(torch.tril(hidden(past, queries, type, beside), past - spec.window()))
                : later;
    }

    private static Tensor hidden(long past, long queries, ScalarType type, Tensor beside) {
        return Tensors.empty(type, beside, queries, past + queries).fill_(Tensors.scalar(Double.NEGATIVE_INFINITY));
    }
}
