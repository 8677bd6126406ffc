package org.betatron.torch.weight;

import java.util.ArrayList;
import java.util.List;
import org.betatron.torch.memory.Memory;
import org.betatron.torch.tensor.Products;
import org.betatron.torch.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/// A matrix kept in fewer bits than its products have. Some rows at a time are widened, and gone
/// again before the next ones are: of no matrix a wide copy exists, unless a graph keeps it.
///
/// @param products  how it is multiplied with
/// @param rows      `[out, in]`, lent
/// @param pieceRows rows that are widened at once, ≥ 1
record WidenedMatrix(Products products, KeptRows rows, long pieceRows) implements Matrix {

    /// Numbers that are widened at once: 16 MiB of them, many enough that products lose nothing.
    private static final long PIECE = 4L << 20;

    WidenedMatrix(Products products, KeptRows rows) {
        this(products, rows, Math.max(1, PIECE / Math.max(1, rows.shape()[1])));
    }

    /// @param values `[out, in]`, bf16, lent
    WidenedMatrix(Products products, Tensor values) {
        this(products, new Narrow(values));
    }

    /// Numbers that libtorch itself widens as it multiplies.
    ///
    /// @param values bf16, lent
    record Narrow(Tensor values) implements KeptRows {

        @Override
        public long[] shape() {
            return Tensors.shape(values);
        }

        @Override
        public List<Tensor> tensors() {
            return List.of(values);
        }

        @Override
        public Tensor widened(long first, long count) {
            return count == values.size(0) ? values : values.narrow(0, first, count);
        }

        @Override
        public void close() {}
    }

    @FunctionalInterface
    private interface Piece {
        void at(long from, long count);
    }

    private void forEachPiece(Piece work) {
        long all = rows.shape()[0];
        for (long from = 0; from < all; from += pieceRows) {
            work.at(from, Math.min(pieceRows, all - from));
        }
    }

    @Override
    public Tensor product(Tensor input, @Nullable Tensor added) {
        List<Tensor> parts = new ArrayList<>();
        forEachPiece((from, count) -> parts.add(Memory.scoped(() -> products.product(
                input, rows.widened(from, count), added == null ? null : added.narrow(added.dim() - 1, from, count)))));
        return parts.size() == 1 ? parts.getFirst() : Tensors.cat(1, parts.toArray(Tensor[]::new));
    }

    @Override
    public Tensor productInto(Tensor out, Tensor input) {
        forEachPiece((from, count) ->
                Memory.run(() -> products.productInto(out.narrow(1, from, count), input, rows.widened(from, count))));
        return out;
    }

    @Override
    public Tensor back(Tensor derivative) {
        long[] shape = rows.shape();
        if (pieceRows >= shape[0]) {
            return Memory.scoped(() -> products.back(derivative, rows.widened(0, shape[0])));
        }
        Tensor sum = Tensors.zeros(ScalarType.Float, derivative, derivative.size(0), shape[1]);
        forEachPiece((from, count) -> Memory.run(() -> {
            Tensor part = derivative.narrow(1, from, count);
            Tensor wide = rows.widened(from, count);
            if (products.scalarType() == ScalarType.Float) {
                sum.addmm_(products.cast(part), products.cast(wide), new Scalar(1.0), new Scalar(1.0));
            } else {
                sum.add_(Tensors.toFloat(products.back(part, wide)));
            }
        }));
        return sum;
    }
}
