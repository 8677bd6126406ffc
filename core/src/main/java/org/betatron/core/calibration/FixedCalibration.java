package org.betatron.core.calibration;

import java.util.Arrays;
import org.betatron.core.statistics.GapStatistics;

/// The same beta for every pair of every batch: plain DPO.
public record FixedCalibration() implements Calibration {

    @Override
    public CalibratedBetas calibrate(double beta, double[] gaps, double[] weights, GapStatistics statistics) {
        double[] betas = new double[gaps.length];
        Arrays.fill(betas, beta);
        return new CalibratedBetas(betas, 0);
    }

    @Override
    public boolean isDynamic() {
        return false;
    }
}
