package org.betatron.torch.weight;

import org.betatron.torch.memory.Memory;
import org.betatron.torch.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/// The gradient of a weight while it accumulates, in float32 whatever the weight is kept in: a
/// matrix of the
/// weight's shape, or only those of its rows that anything was added to.
///
/// An embedding gets a gradient for the tokens of a batch, a small share of the vocabulary. As long
/// as
/// that is so, rows are kept (PyTorch's sparse layout); a full matrix would often be the largest
/// single
/// gradient of a small model.
public final class Gradients {

    /// Rows that a product of another number format is made for at once.
    private static final long PRODUCT_ROWS = 4096;

    private Gradients() {}

    /// @param weight a leaf, `[...]`
    /// @return its accumulated gradient as a full tensor, made of zeros where there is none yet;
    ///     lent
    public static Tensor dense(Tensor weight) {
        Tensor gradient = weight.grad();
        if (!gradient.defined()) {
            weight.mutable_grad().put(Tensors.zeros(ScalarType.Float, weight, Tensors.shape(weight)));
        } else if (gradient.is_sparse()) {
            weight.mutable_grad().put(gradient.to_dense());
        }
        return weight.mutable_grad();
    }

    /// Adds to the gradient; the first to be added becomes it.
    ///
    /// @param weight a leaf, `[...]`
    /// @param added  of its shape, in any number format, used by nobody else
    public static void add(Tensor weight, Tensor added) {
        Tensor gradient = weight.grad();
        if (gradient.defined()) {
            gradient.add_(added);
        } else {
            weight.mutable_grad().put(Tensors.toFloat(added).contiguous());
        }
    }

    /// Adds a product to the gradient: in place where it is float32, else some rows at a time, as
    /// the product and its
    /// float32 copy would each be a matrix of the weight's shape.
    ///
    /// @param weight a leaf, `[m, n]`
    /// @param left   `[m, k]`
    /// @param right  `[k, n]`, of the same number format
    /// @param factor of the product
    public static void addProduct(Tensor weight, Tensor left, Tensor right, double factor) {
        Tensor gradient = dense(weight);
        if (Tensors.typeOf(left) == ScalarType.Float) {
            gradient.addmm_(left, right, new Scalar(1.0), new Scalar(factor));
        } else {
            for (long from = 0; from < gradient.size(0); from += PRODUCT_ROWS) {
                long first = from;
                long count = Math.min(PRODUCT_ROWS, gradient.size(0) - from);
                Memory.run(() -> gradient.narrow(0, first, count)
                        .add_(torch.matmul(left.narrow(0, first, count), right), new Scalar(factor)));
            }
        }
    }

    /// Adds to some rows of the gradient.
    ///
    /// @param weight `[V, E]`
    /// @param rows   which rows, int64 `[T]`; one may occur several times
    /// @param values what is added, `[T, E]`
    public static void addToRows(Tensor weight, Tensor rows, Tensor values) {
        Tensor gradient = weight.grad();
        long kept = gradient.defined() && gradient.is_sparse() ? gradient._nnz() : 0;
        boolean fewRows = 2 * (kept + rows.size(0)) <= weight.size(0);
        if (!fewRows || (gradient.defined() && !gradient.is_sparse())) {
            dense(weight).index_add_(0, rows, values);
            return;
        }
        Tensor added = torch.sparse_coo_tensor(rows.unsqueeze(0), values, Tensors.shape(weight));
        weight.mutable_grad().put(gradient.defined() ? gradient.add(added) : added);
    }

    /// @param weight has a gradient
    /// @return rows that something was added to, int64, ascending; null where the gradient is a
    ///     full matrix
    public static @Nullable Tensor rows(Tensor weight) {
        Tensor gradient = summed(weight);
        return gradient.is_sparse() ? gradient.indices().select(0, 0) : null;
    }

    /// @return Euclidean norm of the gradient; 0 where there is none
    public static double norm(Tensor weight) {
        Tensor gradient = summed(weight);
        if (!gradient.defined()) {
            return 0;
        }
        return Tensors.toFloats((gradient.is_sparse() ? gradient.values() : gradient).norm())[0];
    }

    /// @param rows some rows of a gradient that is a full matrix
    /// @return their Euclidean norm
    public static double normOf(Tensor rows) {
        return rows.numel() == 0 ? 0 : Tensors.toFloats(rows.norm())[0];
    }

    /// @param weight has a gradient
    /// @param start  first number of the part, counted over the whole tensor; first of a row
    /// @param count  numbers of the part, whole rows
    /// @return that part of the gradient, `[count]`, which may be written: a view, or a copy where
    ///     only some
    ///     rows are kept
    public static Tensor part(Tensor weight, long start, long count) {
        Tensor gradient = summed(weight);
        if (!gradient.is_sparse()) {
            return gradient.view(-1).narrow(0, start, count);
        }
        long width = weight.size(1);
        long firstRow = start / width;
        Tensor part = Tensors.zeros(ScalarType.Float, weight, count / width, width);
        Tensor rows = gradient.indices().select(0, 0); // ascending
        int[] ends = {(int) firstRow, (int) (firstRow + count / width)};
        long[] limits = Tensors.toLongs(torch.searchsorted(rows, Tensors.indices(ends, weight)));
        long from = limits[0];
        long numRows = limits[1] - from;
        part.index_copy_(
                0,
                rows.narrow(0, from, numRows).sub(new Scalar(firstRow), new Scalar(1L)),
                gradient.values().narrow(0, from, numRows));
        return part.view(-1);
    }

    /// @return the gradient, rows that occur several times added up, ascending
    private static Tensor summed(Tensor weight) {
        Tensor gradient = weight.grad();
        if (gradient.defined() && gradient.is_sparse() && !gradient.is_coalesced()) {
            weight.mutable_grad().put(gradient.coalesce());
        }
        return weight.grad();
    }
}
