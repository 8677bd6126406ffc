package org.betatron.core.model;

/// A number that a model computes of a response token.
///
/// `f` are a language model's logits at the token, `p = softmax(f)`; `g` and `q` those of a reference model; `y` the
/// token. A quantity that is differentiable is a lane of [ForwardPass#backward].
public enum TokenQuantity {

    /// `log p(y)`, nats: what every language model computes. Differentiable.
    LOG_PROB(false, true),

    /// What a model without a vocabulary computes. A reward model gives its score of the response to the last token
    /// and 0 to the others; a critic gives each token the value of what follows. Differentiable.
    SCORE(false, true),

    /// `H(p) = -sum_v p(v) log p(v)`, nats, ≥ 0. Differentiable.
    ENTROPY(false, true),

    /// `log q(y)`, nats.
    REFERENCE_LOG_PROB(true, false),

    /// `KL(q || p)`, nats, ≥ 0. Differentiable.
    REFERENCE_KL(true, true),

    /// `log sum_v p(v)^2`, nats, ≤ 0.
    LOG_COLLISION(false, false),

    /// `log softmax((1+e) f - e g)(y)`, nats.
    EXTRAPOLATED(true, false),

    /// `log softmax((1-e) f + e g)(y)`, nats.
    INTERPOLATED(true, false),

    /// `KL(m || q)` with `m = softmax((1+e) f - e g)`, nats, ≥ 0.
    EXTRAPOLATED_KL(true, false),

    /// `KL(m || q)` with `m = softmax((1-e) f + e g)`, nats, ≥ 0.
    INTERPOLATED_KL(true, false);

    private final boolean needsReference;
    private final boolean differentiable;

    TokenQuantity(boolean needsReference, boolean differentiable) {
        this.needsReference = needsReference;
        this.differentiable = differentiable;
    }

    /// @return whether a reference model has to run beside
    public boolean needsReference() {
        return needsReference;
    }

    /// @return whether the logits of the reference are compared with the model's, so that log-probabilities of the
    ///     reference which were computed before do not suffice
    public boolean needsReferenceLogits() {
        return needsReference && this != REFERENCE_LOG_PROB;
    }

    /// @return whether a loss may have a derivative by it
    public boolean isDifferentiable() {
        return differentiable;
    }
}
