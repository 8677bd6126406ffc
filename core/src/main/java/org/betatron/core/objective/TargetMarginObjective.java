package org.betatron.core.objective;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.logprob.RequiredInputs;
import org.betatron.core.logprob.ResponseLogProbs;
import org.betatron.core.statistics.Moments;

/// gamma-PO: a margin objective whose target is each pair's own, of [TargetMargins].
///
/// ```text
/// loss_i = softplus(-(b m_i - gamma_i + c gamma_0))        gamma_i a constant for differentiation
/// gamma_0 = t b,  c = 1 for gamma-DPO, whose targets are 0 in the mean, 0 for gamma-SimPO
/// ```
///
/// Source: Sun et al. 2025, arXiv 2506.03690, `gm-dpo` and `gm-simpo` of its code. Only pairs that are kept share
/// targets; where their betas differ, `gamma_0` follows the mean.
///
/// @param score        what is compared
/// @param targetMargin `t`, in units of the score, > 0
/// @param tau          how much targets are held together, > 0
/// @param centred      `c`
record TargetMarginObjective(ResponseScore score, double targetMargin, double tau, boolean centred)
        implements Objective {

    @Override
    public RequiredInputs inputs() {
        return score.inputs();
    }

    @Override
    public RowKind rows() {
        return RowKind.PAIRS;
    }

    @Override
    public boolean isRowByRow() {
        return false;
    }

    @Override
    public double score(ResponseLogProbs responses, int row) {
        return score.of(responses, row);
    }

    @Override
    public ObjectiveValue evaluate(PairLogProbs pairs, double[] betas, double[] weights, Moments tracked) {
        Objective.requireSizes(pairs, betas, weights);
        double[] offsets = offsets(pairs, betas, weights);
        MarginOffset given = (_, row, _, _) -> offsets[row];
        return new MarginObjective(score, score, given, new SigmoidLink(0, 0)).evaluate(pairs, betas, weights, tracked);
    }

    private double[] offsets(PairLogProbs pairs, double[] betas, double[] weights) {
        double[] offsets = new double[pairs.size()];
        Arrays.fill(offsets, centred ? 0 : targetMargin);
        int[] kept = IntStream.range(0, offsets.length)
                .filter(i -> weights[i] > 0 && Double.isFinite(margin(pairs, i)))
                .toArray();
        double beta = IntStream.of(kept).mapToDouble(i -> betas[i]).average().orElse(1);
        double[] rewards =
                IntStream.of(kept).mapToDouble(i -> betas[i] * margin(pairs, i)).toArray();
        double[] targets = TargetMargins.of(rewards, targetMargin * beta, tau);
        for (int i = 0; i < kept.length; i++) {
            offsets[kept[i]] = (targets[i] - (centred ? targetMargin * beta : 0)) / betas[kept[i]];
        }
        return offsets;
    }
}
