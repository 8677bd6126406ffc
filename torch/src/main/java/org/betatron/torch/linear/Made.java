package org.betatron.torch.linear;

import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;

/// A tensor, and how to make it again from others that are kept for other reasons.
///
/// @param tensor the tensor
/// @param from   what it is made from
/// @param how    makes it, given those
public record Made(Tensor tensor, List<Tensor> from, Function<List<Tensor>, Tensor> how) {

    /// @return a tensor that must itself be kept
    public static Made kept(Tensor tensor) {
        return new Made(tensor, List.of(tensor), List::getFirst);
    }

    /// @param how cheap: a norm, an activation
    public static Made by(UnaryOperator<Tensor> how, Tensor from) {
        return by(List.of(from), tensors -> how.apply(tensors.getFirst()));
    }

    /// @param how cheap: the product of a gate
    public static Made by(BinaryOperator<Tensor> how, Tensor left, Tensor right) {
        return by(List.of(left, right), tensors -> how.apply(tensors.getFirst(), tensors.getLast()));
    }

    private static Made by(List<Tensor> from, Function<List<Tensor>, Tensor> how) {
        return new Made(how.apply(from), from, how);
    }
}
