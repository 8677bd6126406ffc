package org.betatron.core.objective;

import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.logprob.RequiredInputs;
import org.betatron.core.logprob.ResponseLogProbs;
import org.betatron.core.statistics.Moments;

/// Negative log-likelihood of the chosen response: supervised learning as a term beside a preference.
///
/// ```text
/// loss_i = -l_w                    sum
/// loss_i = -l_w / n_w              response mean
/// loss_i = -l_w N / sum_k n_w,k    batch mean: the mean over rows is the mean over all tokens of kept rows
/// ```
///
/// Beta plays no part in it.
///
/// @param scale what a log-likelihood is divided by
record LikelihoodObjective(LikelihoodScale scale) implements Objective {

    @Override
    public RequiredInputs inputs() {
        return scale == LikelihoodScale.SUM ? RequiredInputs.NONE : RequiredInputs.LENGTHS;
    }

    @Override
    public RowKind rows() {
        return RowKind.ANY;
    }

    @Override
    public boolean isRowByRow() {
        return scale != LikelihoodScale.BATCH_MEAN;
    }

    @Override
    public double score(ResponseLogProbs responses, int row) {
        return LogProbScore.MEAN_LOG_PROB.of(responses, row);
    }

    @Override
    public ObjectiveValue evaluate(PairLogProbs pairs, double[] betas, double[] weights, Moments tracked) {
        Objective.requireSizes(pairs, betas, weights);
        ResponseLogProbs chosen = pairs.chosen();
        double meanLength = new WeightedBatch(pairs, weights).meanOfKept(chosen::length, chosen);
        double[] losses = new double[pairs.size()];
        double[] slopes = new double[pairs.size()];
        for (int i = 0; i < losses.length; i++) {
            if (pairs.hasChosen(i)) {
                slopes[i] = switch (scale) {
                    case SUM -> -1;
                    case RESPONSE_MEAN -> -1.0 / chosen.length(i);
                    case BATCH_MEAN -> meanLength == 0 ? 0 : -1 / meanLength;
                };
                losses[i] = slopes[i] * chosen.policy(i);
            }
        }
        return new Value(losses, slopes);
    }

    private static final class Value extends ObjectiveValue {

        private final double[] slopes;

        Value(double[] losses, double[] slopes) {
            super(losses);
            this.slopes = slopes;
        }

        @Override
        public void pullBack(double[] factors, PairDerivatives derivatives) {
            for (int i = 0; i < slopes.length; i++) {
                if (factors[i] != 0) {
                    derivatives.chosen().addPolicy(i, factors[i] * slopes[i]);
                }
            }
        }
    }
}
