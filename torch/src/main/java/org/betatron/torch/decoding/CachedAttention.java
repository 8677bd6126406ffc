package org.betatron.torch.decoding;

import java.util.ArrayList;
import java.util.List;
import org.betatron.torch.attention.Attention;
import org.betatron.torch.attention.PackedAttention;
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
    /// @param mask    0 where a slot has a token, else -infinity, `[S, 1, 1, C]`
    private record PoolPart(DecodingRows.PoolRows rows, Tensor places, Tensor queries, Tensor answers, Tensor mask) {}

    /// @param rows   what is appended; the caches have room for it
    /// @param type   number format that it computes and keeps in
    /// @param beside a tensor of their device
    CachedAttention(DecodingRows rows, ScalarType type, Tensor beside) {
        this.rows = rows;
        this.type = type;
        for (DecodingRows.PoolRows pool : rows.pools()) {
            parts.add(new PoolPart(
                    pool,
                    Tensors.indices(pool.places(), beside),
                    Tensors.indices(pool.queryOfSlot(), beside),
                    Tensors.indices(pool.slotOfSingle(), beside),
                    mask(pool, beside)));
        }
    }

    private Tensor mask(DecodingRows.PoolRows pool, Tensor beside) {
        int capacity = pool.pool().capacity();
        int[] filled = pool.filledAfter();
        float[] mask = new float[filled.length * capacity];
        for (int slot = 0; slot < filled.length; slot++) {
            for (int token = filled[slot]; token < capacity; token++) {
                mask[slot * capacity + token] = Float.NEGATIVE_INFINITY;
            }
        }
        Tensor tensor = Tensors.floats(mask, beside).view(filled.length, 1, 1, capacity);
        return Tensors.typeOf(tensor) == type ? tensor : tensor.to(type);
    }

    @Override
    public Tensor attend(int layer, Tensor anyQueries, Tensor anyKeys, Tensor anyValues) {
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
                out.add(singles(layer, part, queries));
            }
            for (DecodingRows.Piece piece : pool.pieces()) {
                out.add(piece(layer, pool.pool(), piece, queries, keys, values));
            }
        }
        if (rows.padding() > 0) {
            out.add(Tensors.zeros(type, queries, rows.padding(), queries.size(1) * queries.size(2)));
        }
        return out.size() == 1 ? out.getFirst() : Tensors.cat(0, out.toArray(Tensor[]::new));
    }

    private static Tensor singles(int layer, PoolPart part, Tensor queries) {
        KeyValuePool pool = part.rows().pool();
        Tensor attended = Attention.masked(
                queries.index_select(0, part.queries()), pool.keys(layer), pool.values(layer), part.mask()); // [S, H*D]
        return attended.index_select(0, part.answers());
    }

    private Tensor piece(
            int layer, KeyValuePool pool, DecodingRows.Piece piece, Tensor queries, Tensor keys, Tensor values) {
        Tensor own = queries.narrow(0, piece.firstRow(), piece.numRows());
        if (piece.past() == 0) {
            return Attention.segment(
                    own,
                    keys.narrow(0, piece.firstRow(), piece.numRows()),
                    values.narrow(0, piece.firstRow(), piece.numRows()),
                    null,
                    true);
        }
        long all = (long) piece.past() + piece.numRows();
        return Attention.segment(
                own,
                pool.keys(layer).select(0, piece.slot()).narrow(0, 0, all),
                pool.values(layer).select(0, piece.slot()).narrow(0, 0, all),
                PackedAttention.bottomRightCausal(piece.past(), piece.numRows(), type, queries),
                false);
    }
}
