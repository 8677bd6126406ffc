package org.betatron.torch.tensor;

import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/// The number format that matrix products run in. Norms and the residual stream stay float32, as under
/// PyTorch's autocast; the gradient reaches float32 weights through the cast.
///
/// @param type FP32 or BF16
public record Precision(DataType type) {

    public ScalarType scalarType() {
        return type.scalarType();
    }

    public Tensor cast(Tensor tensor) {
        return Tensors.typeOf(tensor) == scalarType() ? tensor : tensor.to(scalarType());
    }

    /// @param input  `[T, in]`
    /// @param weight `[out, in]`
    /// @param bias   `[out]` or null
    /// @return `[T, out]` in this precision
    public Tensor linear(Tensor input, Tensor weight, @Nullable Tensor bias) {
        return torch.linear(
                cast(input),
                cast(weight),
                bias == null ? new TensorOptional((Pointer) null) : new TensorOptional(cast(bias)));
    }
}
