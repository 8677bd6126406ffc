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

/// A matrix kept in fewer bits than its products have. Some rows at a time are widened, and gone again before the next
/// ones are: of no matrix a wide copy exists, unless a graph keeps it.
///
/// @param products  how it is multiplied with, float32
/// @param values    `[out, in]`, bf16
/// @param pieceRows rows that are widened at once, ≥ 1
record WidenedMatrix(Products products, Tensor values, long pieceRows) implements Matrix {

    /// Numbers that are widened at once: 16 MiB of them, many enough that products lose nothing.
    private static final long PIECE = 4L << 20;

    WidenedMatrix(Products products, Tensor values) {
        this(products, values, Math.max(1, PIECE / Math.max(1, values.size(1))));
    }

    @FunctionalInterface
    private interface Piece {
        void at(long from, long count);
    }

    private void forEachPiece(Piece work) {
        for (long from = 0; from < values.size(0); from += pieceRows) {
            work.at(from, Math.min(pieceRows, values.size(0) - from));
        }
    }

    private Tensor piece(long from, long count) {
        return count == values.size(0) ? values : values.narrow(0, from, count);
    }

    @Override
    public Tensor product(Tensor input, @Nullable Tensor added) {
        List<Tensor> parts = new ArrayList<>();
        forEachPiece((from, count) -> parts.add(Memory.scoped(() -> products.product(
                input, piece(from, count), added == null ? null : added.narrow(added.dim() - 1, from, count)))));
        return parts.size() == 1 ? parts.getFirst() : Tensors.cat(1, parts.toArray(Tensor[]::new));
    }

    @Override
    public Tensor productInto(Tensor out, Tensor input) {
        forEachPiece((from, count) ->
                Memory.run(() -> products.productInto(out.narrow(1, from, count), input, piece(from, count))));
        return out;
    }

    @Override
    public Tensor back(Tensor derivative) {
        if (pieceRows >= values.size(0)) {
            return Memory.scoped(() -> products.back(derivative, values));
        }
        Tensor sum = Tensors.zeros(ScalarType.Float, derivative, derivative.size(0), values.size(1));
        forEachPiece((from, count) -> Memory.run(() -> sum.addmm_(
                products.cast(derivative.narrow(1, from, count)),
                products.cast(piece(from, count)),
                new Scalar(1.0),
                new Scalar(1.0))));
        return sum;
    }
}
