package org.betatron.core.objective;

import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.logprob.RequiredInputs;
import org.betatron.core.statistics.Moments;

/// The length term of R-DPO: a longer chosen response has to win by less.
///
/// ```text
/// beta (margin - offset) = beta margin + alpha (n_w - n_l)
/// ```
///
/// Source: Park et al. 2024, arXiv 2403.19159: a reward `beta log(p/q) + alpha n` weakens the push on pairs
/// that are told apart by their length. `alpha` is absolute: a dynamic beta does not scale it.
///
/// @param alpha reward that is taken from each token, nats, ≥ 0
record LengthOffset(double alpha) implements MarginOffset {

    @Override
    public RequiredInputs inputs() {
        return RequiredInputs.LENGTHS;
    }

    @Override
    public double of(PairLogProbs pairs, int row, double beta, Moments tracked) {
        int difference = pairs.chosen().length(row) - pairs.rejected().length(row);
        return -alpha * difference / beta;
    }
}
