package org.betatron.torch.linear;

import org.betatron.torch.tensor.Precision;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/// Affine maps with weights as they are.
///
/// @param precision number format of the products
public record PlainMaps(Precision precision) implements AffineMaps {

    @Override
    public AffineMap bind(Tensor weight, @Nullable Tensor bias) {
        return input -> precision.linear(input, weight, bias);
    }
}
