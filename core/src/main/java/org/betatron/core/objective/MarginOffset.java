package org.betatron.core.objective;

import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.logprob.RequiredInputs;
import org.betatron.core.statistics.Moments;

/// What is subtracted from a pair's margin before the link: a target that depends on the pair. A constant
/// for differentiation.
public interface MarginOffset {

    /// Nothing.
    MarginOffset NONE = (_, _, _, _) -> 0;

    /// @param pairs   the batch
    /// @param row     number of the pair
    /// @param beta    its beta, > 0
    /// @param tracked running moments of [#tracked]
    /// @return offset in units of the score
    double of(PairLogProbs pairs, int row, double beta, Moments tracked);

    /// @return what is read of a response
    default RequiredInputs inputs() {
        return RequiredInputs.NONE;
    }

    /// @return whether it follows running moments of [#tracked]
    default boolean keepsStatistics() {
        return false;
    }

    /// @return the numbers of a batch whose running moments the offset wants to know
    default double[] tracked(PairLogProbs pairs) {
        return new double[0];
    }
}
