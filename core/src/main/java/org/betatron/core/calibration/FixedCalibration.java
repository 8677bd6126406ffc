package org.betatron.core.calibration;

/// The same beta for every pair of every batch: plain DPO.
public record FixedCalibration() implements Calibration {

    @Override
    public CalibratedBetas calibrate(CalibrationInput input) {
        return CalibratedBetas.same(input.size(), input.beta(), 0);
    }

    @Override
    public boolean looksAtGaps() {
        return false;
    }
}
