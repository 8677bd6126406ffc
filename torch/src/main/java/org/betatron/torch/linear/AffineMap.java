package org.betatron.torch.linear;

import org.bytedeco.pytorch.Tensor;

/// An affine map with its weights.
@FunctionalInterface
public interface AffineMap {

    /// @param input `[T, in]`
    /// @return `[T, out]`, in the current scope
    Tensor apply(Tensor input);
}
