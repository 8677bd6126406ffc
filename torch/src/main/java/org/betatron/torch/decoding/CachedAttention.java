package org.betatron.torch.decoding;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.betatron.torch.attention.Attention;
import org.betatron.torch.attention.AttentionSpec;
import org.betatron.torch.attention.SoftmaxAttention;
import org.betatron.torch.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/// Attention of new tokens of many sequences over what their caches hold and over themselves.
///
/// Lives in one scope, as the rows it was laid out for. Single new tokens of a pool attend in one call
/// over the whole pool, with a mask for what each has not filled; longer pieces, such as prompts, attend
/// one by one.
final class CachedAttention implements Attention {

    private final DecodingRows rows;
    private final ScalarType type;
    private final List<PoolPart> parts = new ArrayList<>();

    /// What the layers share of the rows of one pool.
    ///
    /// @param rows    which rows
    /// @param places  where keys and values of the rows go, `[T]`
    /// @param queries row whose query each slot of the pool takes, `[S]`
    /// @param answers slot whose result each single-token row takes, `[singles]`
    /// @param masks   by window: 0 where a slot has a token within it, else -infinity, `[S, 1, 1, C]`
    private record PoolPart(
            DecodingRows.PoolRows rows, Tensor places, Tensor queries, Tensor answers, Map<Integer, Tensor> masks) {}

    /// @param rows   what is appended; the caches have room for it
    /// @param layers attention of each layer
    /// @param type   number format that it computes and keeps in
    /// @param beside a tensor of their device
    CachedAttention(DecodingRows rows, List<AttentionSpec> layers, ScalarType type, Tensor beside) {
        this.rows = rows;
        this.type = type;
        for (DecodingRows.PoolRows pool : rows.pools()) {
            Map<Integer, Tensor> masks = new HashMap<>();
            layers.forEach(spec -> masks.computeIfAbsent(spec.window(), window -> mask(pool, window, beside)));
            parts.add(new PoolPart(
                    pool,
                    Tensors.indices(pool.places(), beside),
                    Tensors.indices(pool.queryOfSlot(), beside),
                    Tensors.indices(pool.slotOfSingle(), beside),
                    masks));
        }
    }

    private Tensor mask(DecodingRows.PoolRows pool, int window, Tensor beside) {
        int capacity = pool.pool().capacity();
        int[] filled = pool.filledAfter();
        float[] mask = new float[filled.length * capacity];
        for (int slot = 0; slot < filled.length; slot++) {
            int place = slot * capacity;
            Arrays.fill(mask, place, place + Math.max(0, filled[slot] - window), Float.NEGATIVE_INFINITY);
            Arrays.fill(mask, place + filled[slot], place + capacity, Float.NEGATIVE_INFINITY);
        }
        Tensor tensor = Tensors.floats(mask, beside).view(filled.length, 1, 1, capacity);
        return Tensors.typeOf(tensor) == type ? tensor : tensor.to(type);
    }

    @Override
    public Tensor attend(int layer, AttentionSpec spec, Tensor anyQueries, Tensor anyKeys, Tensor anyValues) {
        Tensor queries = anyQueries.to(type);
        Tensor keys = anyKeys.to(type);
        Tensor values = anyValues.to(type);
        List<Tensor> out = new ArrayList<>();
        for (PoolPart part : parts) {
            DecodingRows.PoolRows pool = part.rows();
            int first = pool.firstRow();
            int count = pool.numRows();
            pool.pool().write(layer, part.places(), keys.narrow(0, first, count), values.narrow(0, first, count));
            if (pool.numSingles() > 0) {
                out.add(singles(layer, spec, part, queries));
            }
            for (DecodingRows.Piece piece : pool.pieces()) {
                out.add(piece(layer, spec, pool.pool(), piece, queries, keys, values));
            }
        }
        if (rows.padding() > 0) {
            out.add(Tensors.zeros(type, queries, rows.padding(), queries.size(1) * queries.size(2)));
        }
        return out.size() == 1 ? out.getFirst() : Tensors.cat(0, out.toArray(Tensor[]::new));
    }

    private static Tensor singles(int layer, AttentionSpec spec, PoolPart part, Tensor queries) {
        KeyValuePool pool = part.rows().pool();
        Tensor attended = SoftmaxAttention.ofSingles(
                spec,
                queries.index_select(0, part.queries()),
                pool.keys(layer),
                pool.values(layer),
                Objects.requireNonNull(part.masks().get(spec.window()))); // [S, H * D]
        return attended.index_select(0, part.answers());
    }

    private Tensor piece(
            int layer,
            AttentionSpec spec,
            KeyValuePool pool,
            DecodingRows.Piece piece,
            Tensor queries,
            Tensor keys,
            Tensor values) {
        int count = piece.numRows();
        long all = (long) piece.past() + count;
        boolean isFirst = piece.past() == 0;
        Tensor own = queries.narrow(0, piece.firstRow(), count);
        return SoftmaxAttention.ofSegment(
                spec,
                own,
                isFirst
                        ? keys.narrow(0, piece.firstRow(), count)
                        : pool.keys(layer).select(0, piece.slot()).narrow(0, 0, all),
                isFirst
                        ? values.narrow(0, piece.firstRow(), count)
                        : pool.values(layer).select(0, piece.slot()).narrow(0, 0, all),
                isFirst && !spec.isNarrowerThan(all)
                        ? null
                        : SoftmaxAttention.mask(spec, piece.past(), count, type, queries));
    }
}
