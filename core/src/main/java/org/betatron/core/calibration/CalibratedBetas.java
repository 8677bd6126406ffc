package org.betatron.core.calibration;

import java.util.Arrays;

/// The betas that a calibration chose for a batch, and how many of them met a bound.
///
/// Owned by whoever asked for the calibration; the constructor keeps the array.
public final class CalibratedBetas {

    private final double[] betas;
    private final double clampedShare;
    private final double nextRatio;

    /// @param betas        beta of each pair, `[n]`, > 0
    /// @param clampedShare share of the decisions that were cut to floor or ceiling, in [0, 1]: 0 or 1
    ///     where one beta serves the whole batch
    public CalibratedBetas(double[] betas, double clampedShare) {
        this(betas, clampedShare, 1);
    }

    /// @param nextRatio factor of the beta that the next batch starts from, > 0; 1 leaves it as it is
    public CalibratedBetas(double[] betas, double clampedShare, double nextRatio) {
        this.betas = betas;
        this.clampedShare = clampedShare;
        this.nextRatio = nextRatio;
    }

    /// @param size         number of pairs
    /// @param beta         of all of them, > 0
    /// @param clampedShare 1 if it was cut to floor or ceiling, else 0
    static CalibratedBetas same(int size, double beta, double clampedShare) {
        double[] betas = new double[size];
        Arrays.fill(betas, beta);
        return new CalibratedBetas(betas, clampedShare);
    }

    /// @param ratio factor of the beta that the next batch starts from, > 0
    CalibratedBetas withNextRatio(double ratio) {
        return new CalibratedBetas(betas, clampedShare, ratio);
    }

    /// @return the betas, `[n]`; lent, not to be written
    public double[] betas() {
        return betas;
    }

    public double clampedShare() {
        return clampedShare;
    }

    /// @return factor of the beta that the next batch starts from
    public double nextRatio() {
        return nextRatio;
    }
}
