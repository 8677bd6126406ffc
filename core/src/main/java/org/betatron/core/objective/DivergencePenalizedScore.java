package org.betatron.core.objective;

import org.betatron.core.logprob.RequiredInputs;
import org.betatron.core.logprob.ResponseLogProbs;
import org.betatron.core.logprob.ResponseQuantity;

/// The score of token-level DPO: the log-ratio plus the forward divergence summed over the response.
///
/// ```text
/// score = (l - r) + a K        K = sum_t KL(reference || policy) over the vocabulary
/// ```
///
/// The difference of two such scores is the paper's `u - delta`. Source: Zeng et al. 2024, arXiv
/// 2404.11999.
///
/// @param weight         `a`, ≥ 0
/// @param differentiable whether the derivative flows through `K` as well
public record DivergencePenalizedScore(double weight, boolean differentiable) implements ResponseScore {

    @Override
    public RequiredInputs inputs() {
        return RequiredInputs.of(ResponseQuantity.REFERENCE, ResponseQuantity.REFERENCE_KL);
    }

    @Override
    public double of(ResponseLogProbs responses, int row) {
        return responses.policy(row)
                - responses.get(ResponseQuantity.REFERENCE, row)
                + weight * responses.get(ResponseQuantity.REFERENCE_KL, row);
    }

    @Override
    public void pullBack(ResponseLogProbs responses, int row, double factor, ResponseDerivatives derivatives) {
        derivatives.addPolicy(row, factor);
        if (differentiable) {
            derivatives.add(ResponseQuantity.REFERENCE_KL, row, weight * factor);
        }
    }
}
