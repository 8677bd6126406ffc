package org.betatron.core.model;

/// A number that a model computes of a response token from its distribution over the vocabulary.
///
/// `f` are the model's logits at the token, `p = softmax(f)`; `g` and `q` those of a reference model; `y` the token.
public enum TokenQuantity {

    /// `log q(y)`, nats.
    REFERENCE_LOG_PROB(true),

    /// `KL(q || p)`, nats, ≥ 0. Differentiable.
    REFERENCE_KL(true),

    /// `log sum_v p(v)^2`, nats, ≤ 0.
    LOG_COLLISION(false),

    /// `log softmax((1+e) f - e g)(y)`, nats.
    EXTRAPOLATED(true),

    /// `log softmax((1-e) f + e g)(y)`, nats.
    INTERPOLATED(true);

    private final boolean needsReference;

    TokenQuantity(boolean needsReference) {
        this.needsReference = needsReference;
    }

    /// @return whether a reference model has to run beside
    public boolean needsReference() {
        return needsReference;
    }
}
