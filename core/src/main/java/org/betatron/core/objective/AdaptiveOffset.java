package org.betatron.core.objective;

import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.logprob.RequiredInputs;
import org.betatron.core.statistics.Moments;

/// The margin of alpha-DPO: larger for pairs that policy and reference already tell apart.
///
/// ```text
/// offset_i = t + alpha (M_i - mean(M)) / std(M)       M_i = log-ratio per token of chosen minus that of rejected
/// ```
///
/// Source: Wu et al. 2024, arXiv 2410.10148, as its code computes it, inside beta. Where `M` has no spread
/// yet the second term is zero; the code divides by zero there.
///
/// @param targetMargin `t`, the paper's gamma over beta
/// @param alpha        weight of the standardised margin, ≥ 0
record AdaptiveOffset(double targetMargin, double alpha) implements MarginOffset {

    @Override
    public RequiredInputs inputs() {
        return RequiredInputs.REFERENCE;
    }

    @Override
    public boolean keepsStatistics() {
        return true;
    }

    @Override
    public double[] tracked(PairLogProbs pairs) {
        double[] margins = new double[pairs.size()];
        for (int i = 0; i < margins.length; i++) {
            margins[i] = margin(pairs, i);
        }
        return margins;
    }

    @Override
    public double of(PairLogProbs pairs, int row, double beta, Moments tracked) {
        return tracked.hasSpread()
                ? targetMargin + alpha * (margin(pairs, row) - tracked.mean()) / tracked.deviation()
                : targetMargin;
    }

    private static double margin(PairLogProbs pairs, int row) {
        return LogProbScore.MEAN_LOG_RATIO.of(pairs.chosen(), row)
                - LogProbScore.MEAN_LOG_RATIO.of(pairs.rejected(), row);
    }
}
