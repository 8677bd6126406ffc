package org.betatron.torch.linear;

import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/// How affine maps are computed.
public interface AffineMaps {

    /// @param weight `[out, in]`, lent
    /// @param bias   `[out]`, lent, or null
    /// @return the map with these weights
    AffineMap bind(Tensor weight, @Nullable Tensor bias);
}
