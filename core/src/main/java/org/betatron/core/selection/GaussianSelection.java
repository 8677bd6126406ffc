package org.betatron.core.selection;

import java.util.random.RandomGenerator;
import org.betatron.core.statistics.Moments;

/// The beta-guided filter: samples pairs without replacement with probability proportional to a
/// Gaussian density of their gap.
///
/// ```text
/// log w_i = -1/2 ((gap_i - M_0) / sigma)^2
/// keep the n largest of   log w_i + g_i,   g_i ~ Gumbel(0, 1)          n = max(1, floor(keep * B))
/// ```
///
/// Adding Gumbel noise and taking the largest is exactly sampling without replacement in proportion to
/// `w`, done in log space: a density that underflows still ranks its pair, and the count is exact.
/// Where the gaps have no spread (`sigma` at its floor) the weights are uniform.
///
/// Source: arXiv 2407.08639, beta-guided data filtering; Gumbel top-k: Kool et al. 2019, arXiv 1903.06059.
/// Differs from the published code: `torch.multinomial` on densities, which fills up with zero-density
/// pairs in arbitrary order and counts `int(B * (1 - mode_weight))`, one pair short for some sizes.
///
/// @param keep fraction kept, in (0, 1]; 1 keeps all and draws nothing
public record GaussianSelection(double keep) implements Selection {

    @Override
    public SelectionCriterion criterion() {
        return SelectionCriterion.GAP;
    }

    @Override
    public boolean keepsAll() {
        return keep == 1;
    }

    @Override
    public double[] select(double[] gaps, Moments statistics, RandomGenerator random) {
        double[] weights = KeptCount.ofFinite(gaps);
        int numEligible = 0;
        for (double weight : weights) {
            numEligible += weight > 0 ? 1 : 0;
        }
        int numKept = Math.min(numEligible, KeptCount.of(gaps.length, keep));
        if (numKept == numEligible) {
            return weights;
        }
        double[] keys = new double[gaps.length];
        for (int i = 0; i < gaps.length; i++) {
            // Drawn for every pair, so that one non-finite gap does not shift the draws of the others.
            double gumbel = -Math.log(-Math.log(openUniform(random)));
            keys[i] = weights[i] == 0 ? Double.NEGATIVE_INFINITY : logDensity(gaps[i], statistics) + gumbel;
        }
        return KeptCount.keepLargest(keys, numKept);
    }

    private static double logDensity(double gap, Moments statistics) {
        if (!statistics.hasSpread()) {
            return 0;
        }
        double z = (gap - statistics.mean()) / statistics.deviation();
        // The bound keeps a gap whose square overflows above the pairs that may not be kept at all.
        return Math.max(-0.5 * z * z, -Double.MAX_VALUE);
    }

    private static double openUniform(RandomGenerator random) {
        double uniform = random.nextDouble();
        return uniform == 0 ? Double.MIN_NORMAL : uniform;
    }
}
