package org.betatron.torch.model;

import org.bytedeco.pytorch.Tensor;

/// An affine map with its weights.
@FunctionalInterface
interface AffineMap {

    /// @param input `[T, in]`
    /// @return `[T, out]`, in the current scope
    Tensor apply(Tensor input);
}
