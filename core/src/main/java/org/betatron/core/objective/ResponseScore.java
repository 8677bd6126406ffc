package org.betatron.core.objective;

/// What an objective compares between two responses: the quantity that beta multiplies into an implicit reward.
///
/// `l` is the summed log-probability of a response under the policy, `r` under the reference, `n` its
/// number of tokens.
public enum ResponseScore {

    /// `l - r`: the log-ratio of DPO and most of its family.
    LOG_RATIO(true, false),

    /// `(l - r) / n`: the log-ratio per token.
    MEAN_LOG_RATIO(true, true),

    /// `l / n`: the mean log-probability of SimPO; no reference.
    MEAN_LOG_PROB(false, true);

    private final boolean usesReference;
    private final boolean perToken;

    ResponseScore(boolean usesReference, boolean perToken) {
        this.usesReference = usesReference;
        this.perToken = perToken;
    }

    public boolean usesReference() {
        return usesReference;
    }

    /// @param policy    summed log-probability under the policy, nats
    /// @param reference summed log-probability under the reference, nats; ignored where none is used
    /// @param length    scored tokens, ≥ 1
    /// @return the score, nats or nats per token
    public double of(double policy, double reference, int length) {
        double sum = usesReference ? policy - reference : policy;
        return perToken ? sum / length : sum;
    }

    /// @param length scored tokens, ≥ 1
    /// @return derivative of the score by the policy's summed log-probability
    public double derivative(int length) {
        return perToken ? 1.0 / length : 1.0;
    }
}
