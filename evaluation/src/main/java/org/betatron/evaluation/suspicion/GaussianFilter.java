package org.betatron.evaluation.suspicion;

import java.util.Arrays;

/// How the Gaussian filter of beta-DPO judges each of many gaps.
///
/// ```text
/// w_i = exp(-1/2 ((gap_i - mean) / sigma)^2)            mean and sigma over all finite gaps
/// P(kept) = 1 - exp(-t w_i)                             t such that the mean of P is the share kept
/// ```
///
/// The probability is that of sampling without replacement in proportion to `w` in a large batch, where it
/// is exact in the limit (Rosén 1972); a batch of training has its own, moving mean and sigma.
public final class GaussianFilter {

    private static final int BISECTIONS = 200;

    private final double[] densities;
    private final double rate;

    /// @param gaps those that are not finite are never kept
    /// @param keep share that is kept, in (0, 1]
    public GaussianFilter(double[] gaps, double keep) {
        double mean = Arrays.stream(gaps).filter(Double::isFinite).average().orElse(0);
        double variance = Arrays.stream(gaps)
                .filter(Double::isFinite)
                .map(gap -> (gap - mean) * (gap - mean))
                .average()
                .orElse(0);
        densities = Arrays.stream(gaps)
                .map(gap -> !Double.isFinite(gap)
                        ? 0
                        : variance == 0 ? 1 : Math.exp(-0.5 * (gap - mean) * (gap - mean) / variance))
                .toArray();
        rate = keep == 1 ? Double.POSITIVE_INFINITY : rate(keep);
    }

    private double rate(double keep) {
        double low = 1e-12;
        double high = 1e12;
        for (int i = 0; i < BISECTIONS; i++) {
            // Geometric: the rate may be many orders of magnitude.
            double middle = Math.sqrt(low * high);
            double share = Arrays.stream(densities)
                    .map(density -> -Math.expm1(-middle * density))
                    .average()
                    .orElse(0);
            if (share < keep) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }

    /// @return density relative to that at the mean, in [0, 1]
    public double density(int pair) {
        return densities[pair];
    }

    /// @return probability of being kept, in [0, 1]
    public double keptProbability(int pair) {
        return densities[pair] == 0 ? 0 : -Math.expm1(-rate * densities[pair]);
    }
}
