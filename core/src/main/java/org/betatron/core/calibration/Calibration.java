package org.betatron.core.calibration;

import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.logprob.RequiredInputs;

/// Chooses the beta of every pair of a batch.
///
/// Implementations are stateless and thread-safe. The result is a constant for differentiation: a
/// gradient never flows from beta back into the gaps.
public interface Calibration {

    /// @param input the batch, and what earlier ones left
    /// @return a beta for every pair, dropped ones included
    CalibratedBetas calibrate(CalibrationInput input);

    /// @return what is read of a response
    default RequiredInputs inputs() {
        return RequiredInputs.NONE;
    }

    /// @return whether the betas depend on the gaps, so that gaps and their statistics matter
    boolean looksAtGaps();

    /// @return whether the betas depend on the data at all
    default boolean isDynamic() {
        return looksAtGaps();
    }

    /// @return whether the beta of a pair depends on that pair and on earlier batches only
    default boolean decidesRowByRow() {
        return !isDynamic();
    }

    /// @return whether it follows running moments of [#followed]
    default boolean keepsStatistics() {
        return false;
    }

    /// @return the numbers of this batch whose moving average [#calibrate] wants to know; empty for most
    default double[] followed(PairLogProbs pairs) {
        return new double[0];
    }
}
