package org.betatron.core.objective;

import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.logprob.RequiredInputs;
import org.betatron.core.logprob.ResponseLogProbs;
import org.betatron.core.statistics.Moments;

/// An objective that judges chosen and rejected answers separately, so that it can learn from single
/// labelled answers as well as from pairs.
///
/// ```text
/// loss_i = chosenLink(beta_i, s_w - b_w) + rejectedLink(beta_i, s_l - b_l)        of the answers that exist
/// ```
///
/// @param score        what is measured of an answer
/// @param baseline     `b_w` and `b_l`
/// @param chosenLink   what a chosen, or desirable, answer costs
/// @param rejectedLink what a rejected, or undesirable, answer costs
record SeparableObjective(ResponseScore score, ScoreBaseline baseline, AnswerLink chosenLink, AnswerLink rejectedLink)
        implements Objective {

    @Override
    public RequiredInputs inputs() {
        return score.inputs().and(baseline.inputs());
    }

    @Override
    public RowKind rows() {
        return baseline.rows();
    }

    @Override
    public boolean isRowByRow() {
        return baseline.isRowByRow();
    }

    @Override
    public double score(ResponseLogProbs responses, int row) {
        return score.of(responses, row);
    }

    @Override
    public boolean keepsStatistics() {
        return baseline.keepsStatistics();
    }

    @Override
    public double[] tracked(PairLogProbs pairs) {
        return baseline.tracked(score, pairs);
    }

    @Override
    public ObjectiveValue evaluate(PairLogProbs pairs, double[] betas, double[] weights, Moments tracked) {
        Objective.requireSizes(pairs, betas, weights);
        ScoreBaseline.Values baselines = baseline.of(score, new WeightedBatch(pairs, weights), tracked);
        int n = pairs.size();
        double[] losses = new double[n];
        double[] chosenSlopes = new double[n];
        double[] rejectedSlopes = new double[n];
        for (int i = 0; i < n; i++) {
            if (pairs.hasChosen(i)) {
                double x = score.of(pairs.chosen(), i) - baselines.chosen();
                losses[i] += chosenLink.loss(betas[i], x);
                chosenSlopes[i] = chosenLink.derivative(betas[i], x);
            }
            if (pairs.hasRejected(i)) {
                double x = score.of(pairs.rejected(), i) - baselines.rejected();
                losses[i] += rejectedLink.loss(betas[i], x);
                rejectedSlopes[i] = rejectedLink.derivative(betas[i], x);
            }
        }
        return new Value(pairs, losses, chosenSlopes, rejectedSlopes);
    }

    private final class Value extends ObjectiveValue {

        private final PairLogProbs pairs;
        private final double[] chosenSlopes;
        private final double[] rejectedSlopes;

        Value(PairLogProbs pairs, double[] losses, double[] chosenSlopes, double[] rejectedSlopes) {
            super(losses);
            this.pairs = pairs;
            this.chosenSlopes = chosenSlopes;
            this.rejectedSlopes = rejectedSlopes;
        }

        @Override
        public void pullBack(double[] factors, PairDerivatives derivatives) {
            for (int i = 0; i < factors.length; i++) {
                if (factors[i] != 0 && pairs.hasChosen(i)) {
                    score.pullBack(pairs.chosen(), i, factors[i] * chosenSlopes[i], derivatives.chosen());
                }
                if (factors[i] != 0 && pairs.hasRejected(i)) {
                    score.pullBack(pairs.rejected(), i, factors[i] * rejectedSlopes[i], derivatives.rejected());
                }
            }
        }
    }
}
