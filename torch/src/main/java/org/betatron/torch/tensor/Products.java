package org.betatron.torch.tensor;

import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/// Products with a matrix of weights, in a number format: all that there are. Norms and the residual stream stay
/// float32, as under PyTorch's autocast; a gradient reaches float32 weights through the cast.
///
/// @param type FP32 or BF16
public record Products(DataType type) {

    public ScalarType scalarType() {
        return type.scalarType();
    }

    /// @return the tensor in this format, itself if it is so already
    public Tensor cast(Tensor tensor) {
        return Tensors.typeOf(tensor) == scalarType() ? tensor : tensor.to(scalarType());
    }

    /// @param input  `[T, in]`
    /// @param matrix `[out, in]`
    /// @param added  what is added, `[out]` or `[T, out]`, or null
    /// @return `x W' + b`, `[T, out]`, in this format
    public Tensor product(Tensor input, Tensor matrix, @Nullable Tensor added) {
        return added == null
                ? torch.linear(cast(input), cast(matrix), new TensorOptional((Pointer) null))
                : torch.addmm(cast(added), cast(input), cast(matrix).t());
    }

    /// As [#product] without addition, into memory that is there.
    ///
    /// @param out float32 `[T, out]`
    /// @return `out`
    public Tensor productInto(Tensor out, Tensor input, Tensor matrix) {
        return scalarType() == ScalarType.Float
                ? torch.mm_out(out, input, cast(matrix).t())
                : out.copy_(torch.matmul(cast(input), cast(matrix).t()));
    }

    /// @param derivative by the product, `[T, out]`
    /// @param matrix     `[out, in]`
    /// @return derivative by what went in, `dy W`, `[T, in]`, in this format
    public Tensor back(Tensor derivative, Tensor matrix) {
        return torch.matmul(cast(derivative), cast(matrix));
    }
}
