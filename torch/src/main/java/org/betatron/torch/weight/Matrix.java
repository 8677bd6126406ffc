package org.betatron.torch.weight;

import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/// A weight as a linear map, `[out, in]`, however it is kept. All results belong to the current scope.
public interface Matrix {

    /// @param input `[T, in]`
    /// @param added what is added, `[out]` or `[T, out]`, or null
    /// @return `x W' + b`, `[T, out]`, in the format of products
    Tensor product(Tensor input, @Nullable Tensor added);

    /// As [#product] without addition, into memory that is there.
    ///
    /// @param out float32 `[T, out]`
    /// @return `out`
    default Tensor productInto(Tensor out, Tensor input) {
        return out.copy_(product(input, null));
    }

    /// @param derivative by the product, `[T, out]`
    /// @return derivative by what went in, `dy W`, `[T, in]`, in the format of products
    Tensor back(Tensor derivative);
}
