package org.betatron.torch.linear;

import org.bytedeco.pytorch.Tensor;

/// How a layer's affine maps are run: only run, or also written down for the backward pass.
@FunctionalInterface
public interface Tape {

    /// Writes nothing down: gradients of weights, where any are wanted, are autograd's.
    Tape NONE = (map, input) -> map.apply(input.tensor());

    /// @param map   the map
    /// @param input `[T, in]`
    /// @return `[T, out]`, in the current scope
    Tensor run(Linear map, Made input);
}
