package org.betatron.core.objective;

import org.betatron.core.Numbers;

/// The target margins of gamma-PO: larger for pairs that are told apart already, smaller for
/// ambiguous ones, one in the mean.
///
/// ```text
/// gamma_i = gamma_0 u_i,   sum_i u_i = n,   that minimise
/// sum_i -log sigmoid(r_i - gamma_i) + tau sum_i u_i log u_i
/// there:  tau log u_i + gamma_0 sigmoid(gamma_0 u_i - r_i) = nu        the same nu for all i
/// ```
///
/// Solved to the end by Newton's method in `nu`; the authors' code takes twenty steps of mirror
/// descent, which ends within 1e-5 of it, and adds pairs of earlier batches to small ones.
///
/// Source: Sun et al. 2025, arXiv 2506.03690.
final class TargetMargins {

    private static final int MOST_STEPS = 60;
    private static final double CLOSE = 1e-13;

    private TargetMargins() {}

    /// @param rewards reward gap of each pair that counts, `r`, finite
    /// @param target  `gamma_0`, ≥ 0
    /// @param tau     > 0
    /// @return `gamma_i`
    static double[] of(double[] rewards, double target, double tau) {
        int n = rewards.length;
        double[] logs = new double[n]; // log u
        double low = 0;
        double high = target;
        double nu = target / 2;
        for (int step = 0; step < MOST_STEPS; step++) {
            double sum = 0;
            double slope = 0;
            for (int i = 0; i < n; i++) {
                logs[i] = solve(nu, rewards[i], target, tau);
                double u = Math.exp(logs[i]);
                sum += u;
                slope += u / (tau + target * u * target * density(target * u - rewards[i]));
            }
            // The sum grows with nu: every u is 1 or less at nu = 0, and 1 or more at nu = gamma_0.
            if (sum > n) {
                high = nu;
            } else {
                low = nu;
            }
            if (Math.abs(sum - n) <= CLOSE * n || high - low <= CLOSE * target) {
                break;
            }
            double newton = nu - (sum - n) / slope;
            nu = newton > low && newton < high ? newton : (low + high) / 2;
        }
        double[] margins = new double[n];
        for (int i = 0; i < n; i++) {
            margins[i] = target * Math.exp(logs[i]);
        }
        return margins;
    }

    /// @return `x` with `tau x + gamma_0 sigmoid(gamma_0 e^x - r) = nu`, of which the left side
    ///     grows with `x`
    private static double solve(double nu, double reward, double target, double tau) {
        double low = (nu - target) / tau;
        double high = nu / tau;
        double x = Math.clamp(0.0, low, high);
        for (int step = 0; step < MOST_STEPS; step++) {
            double u = target * Math.exp(x);
            double left = tau * x + target * Numbers.sigmoid(u - reward) - nu;
            if (left > 0) {
                high = x;
            } else {
                low = x;
            }
            if (Math.abs(left) <= CLOSE * (1 + target) || high - low <= CLOSE) {
                break;
            }
            double newton = x - left / (tau + target * u * density(u - reward));
            x = newton > low && newton < high ? newton : (low + high) / 2;
        }
        return x;
    }

    private static double density(double z) {
        return Numbers.sigmoid(z) * Numbers.sigmoid(-z);
    }
}
