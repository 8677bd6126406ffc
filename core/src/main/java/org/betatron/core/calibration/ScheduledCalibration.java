package org.betatron.core.calibration;

/// A beta that follows the course of the run and not the data.
///
/// ```text
/// p = share of the steps that are done, in [0, 1)          f = final ratio
/// linear:       beta = beta_0 (1 + p (f - 1))
/// cosine:       beta = beta_0 (f + (1 - f) (1 + cos(pi p)) / 2)
/// exponential:  beta = beta_0 f^p
/// ```
///
/// Compared with dynamic ones in LSC-DPO, arXiv 2610.07592, table 3, without formulas; these are ours.
///
/// @param shape      of the curve
/// @param finalRatio `f`, > 0
public record ScheduledCalibration(Shape shape, double finalRatio) implements Calibration {

    /// How beta goes from its first to its last value.
    public enum Shape {
        LINEAR,
        COSINE,
        EXPONENTIAL
    }

    @Override
    public CalibratedBetas calibrate(CalibrationInput input) {
        return CalibratedBetas.same(input.size(), input.beta() * ratio(input.progress()), 0);
    }

    private double ratio(double progress) {
        return switch (shape) {
            case LINEAR -> 1 + progress * (finalRatio - 1);
            case COSINE -> finalRatio + (1 - finalRatio) * (1 + Math.cos(Math.PI * progress)) / 2;
            case EXPONENTIAL -> Math.pow(finalRatio, progress);
        };
    }

    @Override
    public boolean looksAtGaps() {
        return false;
    }

    @Override
    public boolean isDynamic() {
        return true;
    }

    @Override
    public boolean decidesRowByRow() {
        return true;
    }
}
