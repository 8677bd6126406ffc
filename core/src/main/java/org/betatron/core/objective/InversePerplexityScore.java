package org.betatron.core.objective;

import org.betatron.core.logprob.RequiredInputs;
import org.betatron.core.logprob.ResponseLogProbs;

/// The score of SimPER: the geometric mean of the tokens' probabilities, one over the perplexity.
///
/// ```text
/// score = exp(l / n)        d score / d l = score / n
/// ```
///
/// No probability is above 1: beyond, the score is constant. Source: Xiao et al. 2025, arXiv 2502.00883.
record InversePerplexityScore() implements ResponseScore {

    @Override
    public RequiredInputs inputs() {
        return RequiredInputs.LENGTHS;
    }

    @Override
    public double of(ResponseLogProbs responses, int row) {
        return Math.exp(Math.min(0, responses.policy(row)) / responses.length(row));
    }

    @Override
    public void pullBack(ResponseLogProbs responses, int row, double factor, ResponseDerivatives derivatives) {
        if (responses.policy(row) <= 0) {
            derivatives.addPolicy(row, factor * of(responses, row) / responses.length(row));
        }
    }
}
