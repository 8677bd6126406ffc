package org.betatron.torch.model;

import org.betatron.torch.Tensors;
import org.betatron.torch.weights.DataType;
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
public record Precision(DataType type) implements AffineMaps {

    ScalarType scalarType() {
        return type.scalarType();
    }

    Tensor cast(Tensor tensor) {
        return Tensors.typeOf(tensor) == scalarType() ? tensor : tensor.to(scalarType());
    }

    /// @return the tensor in float32
    static Tensor float32(Tensor tensor) {
        return Tensors.typeOf(tensor) == ScalarType.Float ? tensor : tensor.to(ScalarType.Float);
    }

    @Override
    public AffineMap bind(Tensor weight, @Nullable Tensor bias) {
        return input -> linear(input, weight, bias);
    }

    /// @param input  `[T, in]`
    /// @param weight `[out, in]`
    /// @param bias   `[out]` or null
    /// @return `[T, out]` in this precision
    Tensor linear(Tensor input, Tensor weight, @Nullable Tensor bias) {
        return torch.linear(
                cast(input),
                cast(weight),
                bias == null ? new TensorOptional((Pointer) null) : new TensorOptional(cast(bias)));
    }
}
