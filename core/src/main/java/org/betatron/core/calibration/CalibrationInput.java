package org.betatron.core.calibration;

import org.betatron.core.logprob.PairLogProbs;
import org.betatron.core.statistics.Moments;

/// What a calibration may look at: one batch, and what earlier ones left. Arrays are lent.
///
/// @param baseBeta  beta_0 of the objective, > 0
/// @param betaRatio what earlier batches made of beta_0, as a factor, > 0
/// @param pairs     quantities of `n` pairs
/// @param margins   chosen minus rejected score of each pair, without beta, `[n]`
/// @param gaps      reward gap of each pair, `[n]`
/// @param weights   weight of each pair as selected, `[n]`, 0 or 1
/// @param all       where the gaps of all pairs are at this moment
/// @param kept      where the gaps of kept pairs are
/// @param followed  where the numbers are that the calibration follows, [Calibration#followed]
/// @param progress  share of the run's steps that are done, in [0, 1)
@SuppressWarnings("ArrayRecordComponent") // lent for one call, never compared
public record CalibrationInput(
        double baseBeta,
        double betaRatio,
        PairLogProbs pairs,
        double[] margins,
        double[] gaps,
        double[] weights,
        Moments all,
        Moments kept,
        Moments followed,
        double progress) {

    /// @return beta that this batch starts from
    public double beta() {
        return betaRatio * baseBeta;
    }

    int size() {
        return gaps.length;
    }

    /// @param values one of each pair
    /// @return their mean over kept pairs; `otherwise` where nothing was kept
    double meanOfKept(double[] values, double otherwise) {
        double sum = 0;
        double totalWeight = 0;
        for (int i = 0; i < values.length; i++) {
            if (weights[i] > 0) {
                sum += weights[i] * values[i];
                totalWeight += weights[i];
            }
        }
        return totalWeight == 0 ? otherwise : sum / totalWeight;
    }

    /// @param values one of each pair
    /// @return mean of those that are finite; `otherwise` where none is
    static double meanOfFinite(double[] values, double otherwise) {
        double sum = 0;
        int count = 0;
        for (double value : values) {
            if (Double.isFinite(value)) {
                sum += value;
                count++;
            }
        }
        return count == 0 ? otherwise : sum / count;
    }
}
