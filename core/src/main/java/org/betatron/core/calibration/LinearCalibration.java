package org.betatron.core.calibration;

import org.betatron.core.statistics.Moments;

/// The linear rule of beta-DPO: beta grows with how far a gap lies above the usual one.
///
/// ```text
/// instance:    beta_i = clamp( beta_0 [1 + a (M_i - M_0)] )
/// batch:       beta   = clamp( beta_0 [1 + a (mean of M_i - M_0)] )                      for all pairs of the batch
/// population:  beta   = clamp( beta_0 [1 + a (mean of M over all pairs seen - M_t)] )    for all pairs of the run so
/// far
/// clamp(b)     = min(max(b, f_min beta_0), f_max beta_0)
/// ```
///
/// Source: arXiv 2407.08639, instance- and batch-level calibration; the floor is the published
/// code's (1e-3 at beta_0 = 0.1), the ceiling is ours. Published direction: a larger gap gives a
/// larger beta; `a < 0` is the other one. In units of the deviation `a (M - M_0)` becomes `a (M -
/// M_0) / sigma`, and nothing where gaps have no spread; ours.
///
/// @param level       whose gap decides
/// @param sensitivity `a`, finite
/// @param unit        what `a` is per
/// @param compared    which pairs the batch's mean and `M_0` are of; the population level has
///     neither
/// @param targetGap   `M_t`, used by the population level only
/// @param minRatio    `f_min`, in (0, 1]
/// @param maxRatio    `f_max`, ≥ 1
public record LinearCalibration(
        Level level,
        double sensitivity,
        SensitivityUnit unit,
        ComparedPairs compared,
        double targetGap,
        double minRatio,
        double maxRatio)
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
    public CalibratedBetas calibrate(CalibrationInput input) {
        Moments base = compared == ComparedPairs.KEPT ? input.kept() : input.all();
        double strength = strength(level == Level.POPULATION ? input.all() : base);
        return switch (level) {
            case INSTANCE -> perInstance(input, base.mean(), strength);
            case BATCH -> same(input, strength * (batchMean(input, base.mean()) - base.mean()));
            case POPULATION -> same(input, strength * (input.all().populationMean() - targetGap));
        };
    }

    private double strength(Moments moments) {
        return switch (unit) {
            case GAP -> sensitivity;
            case DEVIATION -> moments.hasSpread() ? sensitivity / moments.deviation() : 0;
        };
    }

    private double batchMean(CalibrationInput input, double mean) {
        return compared == ComparedPairs.ALL
                ? CalibrationInput.meanOfFinite(input.gaps(), mean)
                : input.meanOfKept(input.gaps(), mean);
    }

    private CalibratedBetas perInstance(CalibrationInput input, double mean, double strength) {
        double beta = input.beta();
        double[] gaps = input.gaps();
        double[] betas = new double[gaps.length];
        int clamped = 0;
        for (int i = 0; i < gaps.length; i++) {
            // A pair with a non-finite gap is never kept; beta_0 keeps its unused beta finite.
            double raw = Double.isFinite(gaps[i]) ? beta * (1 + strength * (gaps[i] - mean)) : beta;
            betas[i] = clamp(raw, beta);
            clamped += betas[i] == raw ? 0 : 1;
        }
        return new CalibratedBetas(betas, gaps.length == 0 ? 0 : (double) clamped / gaps.length);
    }

    private CalibratedBetas same(CalibrationInput input, double change) {
        double raw = input.beta() * (1 + change);
        double clamped = clamp(raw, input.beta());
        return CalibratedBetas.same(input.size(), clamped, clamped == raw ? 0 : 1);
    }

    private double clamp(double raw, double beta) {
        return Math.clamp(raw, minRatio * beta, maxRatio * beta);
    }
}
