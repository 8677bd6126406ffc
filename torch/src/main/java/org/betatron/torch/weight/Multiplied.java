package org.betatron.torch.weight;

import org.bytedeco.pytorch.Tensor;

/// What an affine map multiplies with: a weight, or a weight as some rows see it.
public interface Multiplied {

    /// @return the weight as a linear map; a graph to the leaves is recorded where one is wanted
    Matrix matrix();

    /// @return the same without a graph to the leaves, made ready for many products
    Matrix constant();

    /// Adds `factor * derivative' input` to the gradient, which is that of a product.
    ///
    /// @param derivative by the product, `[T, out]`
    /// @param input      what was multiplied, of the same number format, `[T, in]`
    void addProduct(Tensor derivative, Tensor input, double factor);
}
