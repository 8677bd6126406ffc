package org.betatron.torch.optimizer;

import java.util.List;
import org.betatron.core.model.OptimizerSpec;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/// AdamW as PyTorch computes it.
///
/// ```text
/// w <- w (1 - lr * decay)                               matrices only: biases and norms are not decayed
/// m <- b1 m + (1-b1) g        v <- b2 v + (1-b2) g^2
/// w <- w - lr/(1-b1^t) * m / ( sqrt(v)/sqrt(1-b2^t) + eps )
/// ```
///
/// Source: Loshchilov and Hutter 2019, arXiv 1711.05101. Sparing vectors from decay follows
/// `transformers`' trainer.
///
/// @param spec its parameters
record AdamWRule(OptimizerSpec.AdamW spec) implements UpdateRule {

    @Override
    public List<String> momentNames() {
        return List.of("first_moment", "second_moment");
    }

    @Override
    public boolean restsWithoutGradient() {
        return spec.weightDecay() == 0;
    }

    @Override
    public void update(Piece piece, double learningRate, long step) {
        Tensor weight = piece.weight();
        Tensor gradient = piece.gradient();
        Tensor first = piece.moments().get(0);
        Tensor second = piece.moments().get(1);
        if (spec.weightDecay() > 0 && piece.ofMatrix()) {
            weight.mul_(new Scalar(1 - learningRate * spec.weightDecay()));
        }
        first.lerp_(gradient, new Scalar(1 - spec.beta1()));
        second.mul_(new Scalar(spec.beta2())).addcmul_(gradient, gradient, new Scalar(1 - spec.beta2()));
        double firstCorrection = 1 - Math.pow(spec.beta1(), (double) step);
        double secondCorrection = Math.sqrt(1 - Math.pow(spec.beta2(), (double) step));
        Tensor denominator =
                second.sqrt().div_(new Scalar(secondCorrection)).add_(new Scalar(spec.epsilon()), new Scalar(1.0));
        weight.addcdiv_(first, denominator, new Scalar(-learningRate / firstCorrection));
    }
}
