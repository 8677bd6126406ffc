package org.betatron.torch.weight;

import org.betatron.torch.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/// A low-rank weight over some rows, of which its small matrices do not get every number (dropout): `x W' + c s (x *
/// kept) A' B'`.
///
/// @param weight  lent
/// @param dropped which numbers they do not get, bool `[T, in]`
/// @param factor  c, with which the rest makes up for these in the mean
public record DroppedWeight(LowRankWeight weight, Tensor dropped, double factor) implements Multiplied {

    @Override
    public Matrix matrix() {
        return weight.matrix(this);
    }

    @Override
    public Matrix constant() {
        return weight.constant(this);
    }

    @Override
    public void addProduct(Tensor derivative, Tensor input, double times) {
        weight.addProduct(derivative, rest(input), times * factor);
    }

    /// Zeros instead of a product with zeros: autograd then keeps a byte of each number.
    ///
    /// @param input `[T, in]`
    /// @return what is left of it
    Tensor rest(Tensor input) {
        return input.masked_fill(dropped, Tensors.scalar(0));
    }
}
