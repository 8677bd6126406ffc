package org.betatron.torch.optimizer;

import java.util.List;
import org.betatron.core.model.OptimizerSpec;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/// RMSprop as PyTorch computes it, without momentum or centring.
///
/// ```text
/// v <- a v + (1-a) g^2        w <- w - lr * g / ( sqrt(v) + eps )
/// ```
///
/// @param spec its parameters
record RmsPropRule(OptimizerSpec.RmsProp spec) implements UpdateRule {

    @Override
    public List<String> momentNames() {
        return List.of("square_average");
    }

    @Override
    public boolean restsWithoutGradient() {
        return true;
    }

    @Override
    public void update(Piece piece, double learningRate, long step) {
        Tensor gradient = piece.gradient();
        Tensor squares = piece.moments().getFirst();
        squares.mul_(new Scalar(spec.smoothing())).addcmul_(gradient, gradient, new Scalar(1 - spec.smoothing()));
        Tensor denominator = squares.sqrt().add_(new Scalar(spec.epsilon()), new Scalar(1.0));
        piece.weight().addcdiv_(gradient, denominator, new Scalar(-learningRate));
    }
}
