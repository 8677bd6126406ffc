package org.betatron.torch.model;

import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/// An affine map bound to its weights.
final class Linear {

    private final Precision precision;
    private final Tensor weight; // [out, in]
    private final @Nullable Tensor bias; // [out]

    /// @param name    Hugging Face name without `.weight`
    /// @param hasBias whether there is a `.bias` too
    Linear(Parameters weights, String name, boolean hasBias, Precision precision) {
        this.precision = precision;
        weight = weights.get(name + ".weight");
        bias = hasBias ? weights.get(name + ".bias") : null;
    }

    /// @param input `[T, in]`
    /// @return `[T, out]`
    Tensor forward(Tensor input) {
        return precision.linear(input, weight, bias);
    }
}
