package org.betatron.core.calibration;

import java.util.Arrays;
import org.betatron.core.PairSamples;
import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.statistics.Moments;

/// What calibrations are given in tests.
public final class CalibrationInputs {

    private static final Moments NOTHING = new Moments(0, 0, 0);

    private CalibrationInputs() {}

    /// @param beta what earlier batches left, which is beta_0
    public static CalibrationInput of(double beta, PairLogProbs pairs, double[] gaps, double[] weights, Moments all) {
        return new CalibrationInput(beta, 1, pairs, gaps, gaps, weights, all, NOTHING, NOTHING, 0);
    }

    /// All of some pairs are kept.
    static CalibrationInput ofMargins(double beta, double ratio, double progress, double... margins) {
        double[] ones = new double[margins.length];
        Arrays.fill(ones, 1);
        return new CalibrationInput(
                beta,
                ratio,
                PairSamples.ofMargins(margins),
                margins,
                margins,
                ones,
                NOTHING,
                NOTHING,
                NOTHING,
                progress);
    }
}
