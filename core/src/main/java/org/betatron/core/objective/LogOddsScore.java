package org.betatron.core.objective;

import org.betatron.core.Numbers;
import org.betatron.core.logprob.RequiredInputs;
import org.betatron.core.logprob.ResponseLogProbs;

/// The score of ORPO: log-odds of the mean token probability.
///
/// ```text
/// a = l / n        score = a - log(1 - e^a)        d score / d l = 1 / (n (1 - e^a))
/// ```
///
/// Source: Hong et al. 2024, arXiv 2403.07691. The odds of a certain response are infinite: `a` is
/// bounded by -1e-9, beyond which the score is constant.
public record LogOddsScore() implements ResponseScore {

    private static final double LARGEST_MEAN = -1e-9;

    @Override
    public RequiredInputs inputs() {
        return RequiredInputs.LENGTHS;
    }

    @Override
    public double of(ResponseLogProbs responses, int row) {
        double mean = Math.min(LARGEST_MEAN, responses.policy(row) / responses.length(row));
        return mean - Numbers.log1mexp(mean);
    }

    @Override
    public void pullBack(ResponseLogProbs responses, int row, double factor, ResponseDerivatives derivatives) {
        double mean = responses.policy(row) / responses.length(row);
        if (mean < LARGEST_MEAN) {
            derivatives.addPolicy(row, factor / (responses.length(row) * Numbers.oneMinusExp(mean)));
        }
    }
}
