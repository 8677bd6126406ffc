package org.betatron.core.calibration;

import java.util.Arrays;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.statistics.Moments;

/// The linear rule of beta-DPO: beta grows with how far a gap lies above the usual one.
///
/// ```text
/// instance:    beta_i = clamp( beta_0 [1 + a (M_i - M_0)] )
/// batch:       beta   = clamp( beta_0 [1 + a (mean of M_i over kept pairs - M_0)] )      for all pairs of the batch
/// population:  beta   = clamp( beta_0 [1 + a (mean of M over all pairs seen - M_t)] )    for all pairs of the run so
/// far
/// clamp(b)     = min(max(b, f_min beta_0), f_max beta_0)
/// ```
///
/// Source: arXiv 2407.08639, instance- and batch-level calibration; the floor is the published code's
/// (1e-3 at beta_0 = 0.1), the ceiling is ours. Direction: a larger gap gives a larger beta.
///
/// @param level       whose gap decides
/// @param sensitivity `a`, ≥ 0, per unit of the gap
/// @param targetGap   `M_t`, used by the population level only
/// @param minRatio    `f_min`, in (0, 1]
/// @param maxRatio    `f_max`, ≥ 1
public record LinearCalibration(Level level, double sensitivity, double targetGap, double minRatio, double maxRatio)
        implements Calibration {

    /// Whose gap decides about a beta.
    public enum Level {
        INSTANCE,
        BATCH,
        POPULATION
    }

    @Override
    public boolean looksAtGaps() {
        return true;
    }

    @Override
    public CalibratedBetas calibrate(
            double beta, PairLogProbs pairs, double[] gaps, double[] weights, Moments statistics) {
        return switch (level) {
            case INSTANCE -> perInstance(beta, gaps, statistics.mean());
            case BATCH ->
                same(gaps.length, beta, beta * (1 + sensitivity * deviation(gaps, weights, statistics.mean())));
            case POPULATION ->
                same(gaps.length, beta, beta * (1 + sensitivity * (statistics.populationMean() - targetGap)));
        };
    }

    private CalibratedBetas perInstance(double beta, double[] gaps, double mean) {
        double[] betas = new double[gaps.length];
        int clamped = 0;
        for (int i = 0; i < gaps.length; i++) {
            // A pair with a non-finite gap is never kept; beta_0 keeps its unused beta finite.
            double raw = Double.isFinite(gaps[i]) ? beta * (1 + sensitivity * (gaps[i] - mean)) : beta;
            betas[i] = clamp(raw, beta);
            clamped += betas[i] == raw ? 0 : 1;
        }
        return new CalibratedBetas(betas, gaps.length == 0 ? 0 : (double) clamped / gaps.length);
    }

    private CalibratedBetas same(int size, double beta, double raw) {
        double clamped = clamp(raw, beta);
        double[] betas = new double[size];
        Arrays.fill(betas, clamped);
        return new CalibratedBetas(betas, clamped == raw ? 0 : 1);
    }

    private double clamp(double raw, double beta) {
        return Math.clamp(raw, minRatio * beta, maxRatio * beta);
    }

    /// @return weighted mean of the gaps minus `mean`; 0 where nothing was kept
    private static double deviation(double[] gaps, double[] weights, double mean) {
        double sum = 0;
        double totalWeight = 0;
        for (int i = 0; i < gaps.length; i++) {
            if (weights[i] > 0) {
                sum += weights[i] * gaps[i];
                totalWeight += weights[i];
            }
        }
        return totalWeight == 0 ? 0 : sum / totalWeight - mean;
    }
}
