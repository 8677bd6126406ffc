package org.betatron.core.calibration;

/// Steps of a beta that is controlled: in its logarithm, bounded.
final class BoundedRatio {

    /// One batch cannot do more than double or halve beta.
    static final double LARGEST_STEP = Math.log(2);

    private BoundedRatio() {}

    /// @param change   of the logarithm of beta; not finite for none
    /// @param minRatio floor of beta over beta_0
    /// @param maxRatio ceiling
    /// @return the moved beta for all pairs of the batch, from which the next one starts
    static CalibratedBetas step(CalibrationInput input, double change, double minRatio, double maxRatio) {
        double bounded = Double.isFinite(change) ? Math.clamp(change, -LARGEST_STEP, LARGEST_STEP) : 0;
        double wanted = input.betaRatio() * Math.exp(bounded);
        double ratio = Math.clamp(wanted, minRatio, maxRatio);
        return CalibratedBetas.same(input.size(), input.baseBeta() * ratio, ratio == wanted ? 0 : 1)
                .withNextRatio(ratio / input.betaRatio());
    }
}
