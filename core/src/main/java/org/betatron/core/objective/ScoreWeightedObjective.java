package org.betatron.core.objective;

import org.betatron.core.Numbers;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.logprob.RequiredInputs;
import org.betatron.core.logprob.ResponseLogProbs;
import org.betatron.core.statistics.Moments;

/// MADPO: a pair objective, each pair weighted by how far a reward model sees its answers apart.
///
/// ```text
/// h      = score of chosen minus score of rejected, from the data
/// c(h)   = c_min + (c_max - c_min) / (1 + (c_max - 1) / (1 - c_min) exp(lambda (|h| - tau)))     1 at |h| = tau
/// w_i    = sigmoid(c h) / sigmoid(h) where h > -tau,  else 1
/// loss_i = w_i inner_i
/// ```
///
/// Source: Rho 2025, arXiv 2510.05342, as its code computes it.
///
/// @param inner     the objective that is weighted
/// @param least     `c_min`, in (0, 1)
/// @param most      `c_max`, > 1
/// @param steepness `lambda`, > 0
/// @param threshold `tau`, > 0, in units of the scores
record ScoreWeightedObjective(Objective inner, double least, double most, double steepness, double threshold)
        implements Objective {

    @Override
    public RequiredInputs inputs() {
        return inner.inputs();
    }

    @Override
    public RowKind rows() {
        return RowKind.PAIRS;
    }

    @Override
    public boolean needsScores() {
        return true;
    }

    @Override
    public double score(ResponseLogProbs responses, int row) {
        return inner.score(responses, row);
    }

    @Override
    public ObjectiveValue evaluate(PairLogProbs pairs, double[] betas, double[] weights, Moments tracked) {
        ObjectiveValue value = inner.evaluate(pairs, betas, weights, tracked);
        double[] factors = new double[pairs.size()];
        for (int i = 0; i < factors.length; i++) {
            factors[i] = weight(pairs.scoreGap(i));
        }
        return WeightedValue.of(value, factors);
    }

    private double weight(double gap) {
        if (gap <= -threshold) {
            return 1;
        }
        double rise = (most - 1) / (1 - least) * Math.exp(steepness * (Math.abs(gap) - threshold));
        double coefficient = least + (most - least) / (1 + rise);
        // The quotient of two sigmoids, from their logarithms: of a large negative gap both are 0.
        return Math.exp(Numbers.softplus(-gap) - Numbers.softplus(-coefficient * gap));
    }
}
