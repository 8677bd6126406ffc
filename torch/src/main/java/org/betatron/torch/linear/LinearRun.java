package org.betatron.torch.linear;

import org.betatron.torch.weight.LinearPart;
import org.betatron.torch.weight.Parameters;
import org.bytedeco.pytorch.Tensor;

/// How affine maps are run: only run, also written down for the backward pass, or with weights that were rearranged.
@FunctionalInterface
public interface LinearRun {

    /// @param part  the map
    /// @param input `[T, in]`
    /// @return `[T, out]`, in the current scope
    Tensor run(LinearPart part, Made input);

    /// Writes nothing down: gradients of weights, where any are wanted, are autograd's.
    static LinearRun plain(Parameters weights) {
        return plain(weights, RowDropout.NONE);
    }

    /// @param dropout of the rows that maps are run on
    static LinearRun plain(Parameters weights, RowDropout dropout) {
        return (part, input) -> {
            Linear map = Linear.of(part, weights);
            Tensor rows = input.tensor();
            return (dropout.concerns(map) ? dropout.over(map, dropout.dropped(part, rows)) : map).apply(rows);
        };
    }
}
