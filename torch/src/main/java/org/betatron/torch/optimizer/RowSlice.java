package org.betatron.torch.optimizer;

import org.betatron.torch.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/// Which numbers of a weight, and of what has its shape, are updated together: some of consecutive rows.
///
/// @param start first number of the rows
/// @param count numbers of the rows
/// @param width numbers of a row
/// @param rows  which of the rows, counted from the first, int64; null for all
record RowSlice(
        long start, long count, long width, @Nullable Tensor rows) {

    /// @param tensor contiguous, of the weight's shape
    /// @return its numbers in float32, `[n]`: a view where it can be one
    Tensor take(Tensor tensor) {
        return Tensors.toFloat(select(all(tensor)));
    }

    /// Writes back what [#take] gave and what has changed since; nothing is left to do where it was a view.
    ///
    /// @param values `[n]`
    void put(Tensor values, Tensor tensor) {
        if (isView(tensor)) {
            return;
        }
        if (rows == null) {
            all(tensor).copy_(values);
        } else {
            all(tensor)
                    .view(-1, width)
                    .index_copy_(0, rows, values.view(-1, width).to(tensor.scalar_type()));
        }
    }

    /// @param all a number for each of the rows' numbers, `[count]`
    /// @return those of the chosen rows, `[n]`; a view if they are all
    Tensor select(Tensor all) {
        return rows == null ? all : all.view(-1, width).index_select(0, rows).view(-1);
    }

    private boolean isView(Tensor tensor) {
        return rows == null && Tensors.typeOf(tensor) == ScalarType.Float;
    }

    private Tensor all(Tensor tensor) {
        return tensor.view(-1).narrow(0, start, count);
    }
}
