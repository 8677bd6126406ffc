package org.betatron.core.calibration;

import java.util.Arrays;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.statistics.Moments;

/// The same beta for every pair of every batch: plain DPO.
public record FixedCalibration() implements Calibration {

    @Override
    public CalibratedBetas calibrate(
            double beta, PairLogProbs pairs, double[] gaps, double[] weights, Moments statistics) {
        double[] betas = new double[gaps.length];
        Arrays.fill(betas, beta);
        return new CalibratedBetas(betas, 0);
    }

    @Override
    public boolean looksAtGaps() {
        return false;
    }
}
