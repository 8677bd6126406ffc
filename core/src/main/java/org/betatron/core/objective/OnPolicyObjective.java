package org.betatron.core.objective;

import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.logprob.RequiredInputs;
import org.betatron.core.logprob.ResponseLogProbs;
import org.betatron.core.logprob.ResponseQuantity;
import org.betatron.core.statistics.Moments;

/// WPO: any pair objective, with pairs weighted by how likely the policy itself would write them.
///
/// ```text
/// s(y) = 1/n sum_t [ log p(y_t) - log sum_v p(v)^2 ]
/// loss_i = W_i inner_i        W_i = exp(s(y_w) + s(y_l)), a constant for differentiation
/// ```
///
/// Source: Zhou et al. 2024, arXiv 2406.11827. Weights are not normalised: the further the data are from the
/// policy, the smaller every step.
///
/// @param inner     the objective that is weighted
/// @param clamped   whether weights are at most 1, as in the authors' code; TRL 1.x does not bound them
record OnPolicyObjective(Objective inner, boolean clamped) implements Objective {

    /// Twice the logarithm of a vocabulary bounds it in truth; this keeps any recorded number finite.
    private static final double MAX_EXPONENT = 300;

    @Override
    public RequiredInputs inputs() {
        return inner.inputs()
                .and(RequiredInputs.of(ResponseQuantity.LOG_COLLISION).withLengths());
    }

    @Override
    public RowKind rows() {
        return RowKind.PAIRS;
    }

    @Override
    public boolean isRowByRow() {
        return inner.isRowByRow();
    }

    @Override
    public double score(ResponseLogProbs responses, int row) {
        return inner.score(responses, row);
    }

    @Override
    public boolean needsScores() {
        return inner.needsScores();
    }

    @Override
    public boolean keepsStatistics() {
        return inner.keepsStatistics();
    }

    @Override
    public double[] tracked(PairLogProbs pairs) {
        return inner.tracked(pairs);
    }

    @Override
    public ObjectiveValue evaluate(PairLogProbs pairs, double[] betas, double[] weights, Moments tracked) {
        ObjectiveValue value = inner.evaluate(pairs, betas, weights, tracked);
        double[] factors = new double[pairs.size()];
        for (int i = 0; i < factors.length; i++) {
            double likeness = likeness(pairs.chosen(), i) + likeness(pairs.rejected(), i);
            double weight = Math.exp(Math.min(likeness, MAX_EXPONENT));
            factors[i] = clamped ? Math.min(1, weight) : weight;
        }
        return WeightedValue.of(value, factors);
    }

    /// @return mean log-ratio of a token's probability to that of agreeing with a second draw, nats per token
    private static double likeness(ResponseLogProbs responses, int row) {
        return (responses.policy(row) - responses.get(ResponseQuantity.LOG_COLLISION, row)) / responses.length(row);
    }
}
