package org.betatron.core.logprob;

import org.betatron.core.model.TokenQuantity;

/// A number about one response that an objective may ask for. Each is the sum of a [TokenQuantity] over the
/// response's tokens, or over its tail.
///
/// `p` is the policy's distribution over the vocabulary at a token, `q` the reference's, `y_t` the token.
/// The tail of a response are its tokens beyond the length of the other response of its pair.
public enum ResponseQuantity {

    /// `sum_t log p(y_t)`, nats. Always present; differentiable.
    POLICY(TokenQuantity.LOG_PROB, false),

    /// `sum_t log q(y_t)`, nats.
    REFERENCE(TokenQuantity.REFERENCE_LOG_PROB, false),

    /// `sum_t log p(y_t)` over the tail, nats. Differentiable.
    POLICY_TAIL(TokenQuantity.LOG_PROB, true),

    /// `sum_t log q(y_t)` over the tail, nats.
    REFERENCE_TAIL(TokenQuantity.REFERENCE_LOG_PROB, true),

    /// `sum_t KL(q || p)`, the forward divergence over the whole vocabulary, nats, ≥ 0. Differentiable.
    REFERENCE_KL(TokenQuantity.REFERENCE_KL, false),

    /// `sum_t log sum_v p(v)^2`: the log-probability that two draws from the policy agree, nats, ≤ 0.
    LOG_COLLISION(TokenQuantity.LOG_COLLISION, false),

    /// `sum_t log p+(y_t)` with logits extrapolated away from the reference, `(1+e) f - e f_ref`, nats.
    EXTRAPOLATED(TokenQuantity.EXTRAPOLATED, false),

    /// `sum_t log p-(y_t)` with logits interpolated towards the reference, `(1-e) f + e f_ref`, nats.
    INTERPOLATED(TokenQuantity.INTERPOLATED, false);

    private final TokenQuantity ofTokens;
    private final boolean tail;

    ResponseQuantity(TokenQuantity ofTokens, boolean tail) {
        this.ofTokens = ofTokens;
        this.tail = tail;
    }

    /// @return what is summed
    public TokenQuantity ofTokens() {
        return ofTokens;
    }

    /// @return whether only tokens of the tail are summed
    public boolean isOfTail() {
        return tail;
    }

    /// @return whether an objective may have a derivative by it
    public boolean isDifferentiable() {
        return ofTokens.isDifferentiable();
    }

    /// @return whether it needs the logits of policy and reference side by side, so that cached
    ///     log-probabilities of the reference do not suffice
    public boolean needsReferenceLogits() {
        return ofTokens.needsReferenceLogits();
    }
}
