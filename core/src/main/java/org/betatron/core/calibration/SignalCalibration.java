package org.betatron.core.calibration;

import org.betatron.core.Numbers;

/// The controller of LSC-DPO: keeps the learning signal `sigmoid(-beta m)` of the batch near a
/// target.
///
/// ```text
/// q = mean of sigmoid(-beta m_i),   z = beta * mean of m_i                     over kept pairs, at the beta so far
/// beta <- clamp( beta exp(-eta (z - z*)) )  if q < tau                         else as it was
/// ```
///
/// The new beta serves this batch already, and the next one starts from it. Stable near the target
/// where `0 < eta z* < 2` (proposition 1 there), whatever the margins are; one step is bounded
/// here, so that outliers do not throw beta out of range: by a factor of two; ours, as floor and
/// ceiling are.
///
/// Source: Qu et al. 2026, arXiv 2610.07592, algorithm 1. Its text activates the controller once,
/// its code asks at each batch whether `q < tau`. Asked at each batch, a beta that outliers have
/// made small stays so: its signal is high.
///
/// @param rate      eta, > 0
/// @param target    z*, > 0
/// @param threshold tau, in (0, 1)
/// @param latched   whether a controller that has acted goes on, whatever the signal
/// @param minRatio  floor of beta over beta_0, in (0, 1]
/// @param maxRatio  ceiling of beta over beta_0, ≥ 1
public record SignalCalibration(
        double rate, double target, double threshold, boolean latched, double minRatio, double maxRatio)
        implements Calibration {

    @Override
    public CalibratedBetas calibrate(CalibrationInput input) {
        double beta = input.beta();
        double[] margins = input.margins();
        double[] signals = new double[margins.length];
        for (int i = 0; i < signals.length; i++) {
            signals[i] = Numbers.sigmoid(-beta * margins[i]);
        }
        double signal = input.meanOfKept(signals, 1);
        double scaled = beta * input.meanOfKept(margins, 0);
        boolean acts = signal < threshold || (latched && input.betaRatio() != 1);
        return acts
                ? BoundedRatio.step(input, -rate * (scaled - target), minRatio, maxRatio)
                : CalibratedBetas.same(input.size(), beta, 0);
    }

    @Override
    public boolean looksAtGaps() {
        return false;
    }

    @Override
    public boolean isDynamic() {
        return true;
    }
}
