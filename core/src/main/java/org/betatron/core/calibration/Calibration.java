package org.betatron.core.calibration;

import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.logprob.RequiredInputs;
import org.betatron.core.statistics.Moments;

/// Chooses the beta of every pair of a batch.
///
/// Implementations are stateless and thread-safe. The result is a constant for differentiation: a
/// gradient never flows from beta back into the gaps.
public interface Calibration {

    /// @param beta       beta_0 of the objective, times what earlier batches made of it, > 0
    /// @param pairs      the batch
    /// @param gaps       reward gap of each pair, `[n]`
    /// @param weights    weight of each pair as selected, `[n]`, 0 or 1
    /// @param statistics where gaps are at this moment
    /// @return a beta for every pair, dropped ones included
    CalibratedBetas calibrate(double beta, PairLogProbs pairs, double[] gaps, double[] weights, Moments statistics);

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
}
