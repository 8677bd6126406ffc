package org.betatron.core.calibration;

import org.betatron.core.statistics.GapStatistics;

/// Chooses the beta of every pair of a batch.
///
/// Implementations are stateless and thread-safe. The result is a constant for differentiation: a
/// gradient never flows from beta back into the gaps.
public interface Calibration {

    /// @param beta       beta_0 of the objective, > 0
    /// @param gaps       reward gap of each pair, `[n]`
    /// @param weights    weight of each pair as selected, `[n]`, 0 or 1
    /// @param statistics where gaps are at this moment
    /// @return a beta for every pair, dropped ones included
    CalibratedBetas calibrate(double beta, double[] gaps, double[] weights, GapStatistics statistics);

    /// @return whether the betas depend on the data, so that gaps and their statistics matter
    boolean isDynamic();
}
