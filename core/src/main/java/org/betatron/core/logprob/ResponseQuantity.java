package org.betatron.core.logprob;

/// A number about one response that an objective may ask for. Each is a sum over the response's tokens.
///
/// `p` is the policy's distribution over the vocabulary at a token, `q` the reference's, `y_t` the token.
/// The tail of a response are its tokens beyond the length of the other response of its pair.
public enum ResponseQuantity {

    /// `sum_t log p(y_t)`, nats. Always present; differentiable.
    POLICY(true),

    /// `sum_t log q(y_t)`, nats.
    REFERENCE(false),

    /// `sum_t log p(y_t)` over the tail, nats. Differentiable.
    POLICY_TAIL(true),

    /// `sum_t log q(y_t)` over the tail, nats.
    REFERENCE_TAIL(false),

    /// `sum_t KL(q || p)`, the forward divergence over the whole vocabulary, nats, ≥ 0. Differentiable.
    REFERENCE_KL(true),

    /// `sum_t log sum_v p(v)^2`: the log-probability that two draws from the policy agree, nats, ≤ 0.
    LOG_COLLISION(false),

    /// `sum_t log p+(y_t)` with logits extrapolated away from the reference, `(1+e) f - e f_ref`, nats.
    EXTRAPOLATED(false),

    /// `sum_t log p-(y_t)` with logits interpolated towards the reference, `(1-e) f + e f_ref`, nats.
    INTERPOLATED(false);

    private final boolean differentiable;

    ResponseQuantity(boolean differentiable) {
        this.differentiable = differentiable;
    }

    /// @return whether an objective may have a derivative by it
    public boolean isDifferentiable() {
        return differentiable;
    }

    /// @return whether it needs the logits of policy and reference side by side, so that cached
    ///     log-probabilities of the reference do not suffice
    public boolean needsReferenceLogits() {
        return this == REFERENCE_KL || this == EXTRAPOLATED || this == INTERPOLATED;
    }
}
