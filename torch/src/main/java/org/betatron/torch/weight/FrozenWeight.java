package org.betatron.torch.weight;

import java.util.List;
import org.betatron.torch.tensor.Products;
import org.bytedeco.pytorch.Tensor;

/// A weight of any form that stays as it is.
///
/// @param weight the form
/// @param owned  whether it is closed with this
public record FrozenWeight(Weight weight, boolean owned) implements FixedWeight {

    /// @param weight owned
    public FrozenWeight(Weight weight) {
        this(weight, true);
    }

    /// @param weight lent, and open longer than this
    public static FrozenWeight lent(Weight weight) {
        return new FrozenWeight(weight, false);
    }

    @Override
    public long[] shape() {
        return weight.shape();
    }

    @Override
    public List<Tensor> tensors() {
        return weight.tensors();
    }

    @Override
    public Products products() {
        return weight.products();
    }

    @Override
    public Tensor values() {
        return weight.values().detach();
    }

    @Override
    public Matrix matrix() {
        return weight.constant();
    }

    @Override
    public Matrix constant() {
        return weight.constant();
    }

    @Override
    public Tensor rows(Tensor indices) {
        return weight.rows(indices);
    }

    @Override
    public void close() {
        if (owned) {
            weight.close();
        }
    }
}
