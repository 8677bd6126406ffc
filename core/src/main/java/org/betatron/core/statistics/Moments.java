package org.betatron.core.statistics;

/// Where the reward gaps of a run are at one moment, as selection and calibration see it.
///
/// @param mean           M_0, recent mean of the gaps
/// @param deviation      sigma, recent standard deviation of the gaps within a batch, ≥ 0
/// @param populationMean mean of every gap seen since the start
public record Moments(double mean, double deviation, double populationMean) {

    /// Below this a deviation counts as zero: all gaps are equal, and no pair stands out (policy equals
    /// reference at step 0).
    public static final double DEVIATION_FLOOR = 1e-6;

    /// @return whether gaps differ enough for a distance from the mean to say anything
    public boolean hasSpread() {
        return deviation > DEVIATION_FLOOR;
    }
}
