package org.betatron.torch.head;

import org.betatron.torch.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/// What logits stay below (Gemma 2, arXiv 2408.00118).
///
/// ```text
/// z = cap * tanh(x / cap)          dz / dx = 1 - (z / cap)^2
/// ```
///
/// @param cap > 0; infinite for no limit
public record LogitCap(double cap) {

    public static final LogitCap NONE = new LogitCap(Double.POSITIVE_INFINITY);

    boolean isNone() {
        return cap == Double.POSITIVE_INFINITY;
    }

    /// @param logits overwritten where there is a limit
    /// @return the same, limited
    public Tensor apply(Tensor logits) {
        return isNone() ? logits : logits.div_(Tensors.scalar(cap)).tanh_().mul_(Tensors.scalar(cap));
    }

    /// @param limited logits as [#apply] gives them
    /// @return the derivative of each by what it was
    Tensor slope(Tensor limited) {
        return limited.div(Tensors.scalar(cap)).square_().neg_().add_(Tensors.scalar(1));
    }
}
