package org.betatron.core.objective;

import org.betatron.core.logprob.RequiredInputs;
import org.betatron.core.logprob.ResponseLogProbs;
import org.betatron.core.logprob.ResponseQuantity;

/// The score of LD-DPO: a log-ratio in which tokens beyond the shorter response count less.
///
/// ```text
/// l^a = (sum over the first min(n_w, n_l) tokens) + a (sum over the tail) = l - (1-a) tail
/// score = l^a - r^a    or   l^a - r
/// ```
///
/// Source: Liu et al. 2024, arXiv 2409.06411. LLaMA-Factory weighs the policy only, which makes the margin differ from
/// zero before the first step wherever lengths differ; TRL 1.x weighs both.
///
/// @param tailWeight      `a`, in [0, 1]; 1 is the plain log-ratio
/// @param weighsReference whether the reference's tail is weighted as well
public record TailWeightedScore(double tailWeight, boolean weighsReference) implements ResponseScore {

    @Override
    public RequiredInputs inputs() {
        return weighsReference
                ? RequiredInputs.of(
                        ResponseQuantity.REFERENCE, ResponseQuantity.POLICY_TAIL, ResponseQuantity.REFERENCE_TAIL)
                : RequiredInputs.of(ResponseQuantity.REFERENCE, ResponseQuantity.POLICY_TAIL);
    }

    @Override
    public double of(ResponseLogProbs responses, int row) {
        double policy = responses.policy(row) - (1 - tailWeight) * responses.get(ResponseQuantity.POLICY_TAIL, row);
        double reference = responses.get(ResponseQuantity.REFERENCE, row);
        if (weighsReference) {
            reference -= (1 - tailWeight) * responses.get(ResponseQuantity.REFERENCE_TAIL, row);
        }
        return policy - reference;
    }

    @Override
    public void pullBack(ResponseLogProbs responses, int row, double factor, ResponseDerivatives derivatives) {
        derivatives.addPolicy(row, factor);
        derivatives.add(ResponseQuantity.POLICY_TAIL, row, -(1 - tailWeight) * factor);
    }
}
