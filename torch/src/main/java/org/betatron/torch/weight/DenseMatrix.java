package org.betatron.torch.weight;

import org.betatron.torch.tensor.Products;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/// A matrix of numbers that are all there.
///
/// @param products how it is multiplied with
/// @param values   `[out, in]`
record DenseMatrix(Products products, Tensor values) implements Matrix {

    @Override
    public Tensor product(Tensor input, @Nullable Tensor added) {
        return products.product(input, values, added);
    }

    @Override
    public Tensor productInto(Tensor out, Tensor input) {
        return products.productInto(out, input, values);
    }

    @Override
    public Tensor back(Tensor derivative) {
        return products.back(derivative, values);
    }
}
