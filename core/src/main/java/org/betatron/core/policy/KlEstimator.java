package org.betatron.core.policy;

import org.betatron.core.Source;

/// An estimate of `KL(p || q)` from one token that was drawn from `p`, with
/// `d = log p(y) - log q(y)`.
@Source("Schulman 2020, joschu.net/blog/kl-approx.html")
public enum KlEstimator {

    /// `d`: unbiased, of either sign, with much variance. Its derivative is 0 in the mean, so as a
    /// loss it teaches nothing.
    K1 {
        @Override
        public double value(double d) {
            return d;
        }

        @Override
        public double derivative(double d) {
            return 1;
        }
    },

    /// `d^2 / 2`: never negative, biased, and as a loss with the gradient of `KL(p || q)`.
    K2 {
        @Override
        public double value(double d) {
            return d * d / 2;
        }

        @Override
        public double derivative(double d) {
            return d;
        }
    },

    /// `e^-d - 1 + d`: unbiased and never negative, and as a loss with the gradient of
    /// `KL(q || p)`. Below `d = -20` it is a straight line.
    K3 {
        @Override
        public double value(double d) {
            // expm1 keeps the digits where the two nearly cancel.
            return (d >= -20 ? Math.expm1(-d) : CappedExp.value(-d) - 1) + d;
        }

        @Override
        public double derivative(double d) {
            return d >= -20 ? -Math.expm1(-d) : 1 - CappedExp.derivative(-d);
        }
    };

    /// @param d `log p(y) - log q(y)`, nats
    /// @return the estimate, nats
    public abstract double value(double d);

    /// @return its derivative by `log p(y)`
    public abstract double derivative(double d);
}
