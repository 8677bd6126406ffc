package org.betatron.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.function.DoubleUnaryOperator;

/// Derivatives by differences, to hold against the ones that the code computes by formula.
public final class Derivatives {

    /// Each step is this much shorter than the one before it.
    private static final double SHRINK = 1.6;

    private static final int STEPS = 10;

    /// Relative error allowed between formula and differences.
    private static final double TOLERANCE = 1e-7;

    private Derivatives() {}

    /// Holds a derivative by formula against differences of the loss.
    ///
    /// A step that crosses a kink, or a place where ranks change, says nothing, and one far shorter than the
    /// loss bends is noise: one of several steps has to agree.
    ///
    /// @param where   what is checked, for the message
    /// @param formula the derivative as the code computes it
    /// @param loss    the loss, as a function of how far its argument is moved
    public static void check(String where, double formula, DoubleUnaryOperator loss) {
        double magnitude = Math.abs(loss.applyAsDouble(0));
        double closest = Double.NaN;
        for (double step : new double[] {10, 1, 0.1, 0.01, 1e-3, 1e-4, 1e-5}) {
            double differences = atZero(loss, step);
            // A relative error, above what rounding of the loss leaves in differences over the step.
            double tolerance = TOLERANCE * Math.abs(differences) + 1e-14 * (1 + magnitude) / Math.max(1, step);
            if (Math.abs(differences - formula) <= tolerance) {
                return;
            }
            if (!(Math.abs(differences - formula) >= Math.abs(closest - formula))) {
                closest = differences;
            }
        }
        assertThat(formula).as(where).isCloseTo(closest, within(TOLERANCE * Math.abs(closest)));
    }

    /// Central differences at ever smaller steps, extrapolated (Ridders 1982): keeps the extrapolation whose
    /// neighbours agree best, and stops where rounding begins to win.
    ///
    /// @param h first step, the distance over which the function bends
    /// @return derivative of the function at 0
    public static double atZero(DoubleUnaryOperator function, double h) {
        double[][] table = new double[STEPS][STEPS];
        double best = Double.NaN;
        double smallestError = Double.POSITIVE_INFINITY;
        double step = h;
        for (int i = 0; i < STEPS; i++) {
            table[0][i] = central(function, step);
            double factor = SHRINK * SHRINK;
            for (int j = 1; j <= i; j++) {
                table[j][i] = (table[j - 1][i] * factor - table[j - 1][i - 1]) / (factor - 1);
                factor *= SHRINK * SHRINK;
                double error =
                        Math.max(Math.abs(table[j][i] - table[j - 1][i]), Math.abs(table[j][i] - table[j - 1][i - 1]));
                if (error < smallestError) {
                    smallestError = error;
                    best = table[j][i];
                }
            }
            if (i > 0 && Math.abs(table[i][i] - table[i - 1][i - 1]) >= 2 * smallestError) {
                return best;
            }
            step /= SHRINK;
        }
        return best;
    }

    private static double central(DoubleUnaryOperator function, double h) {
        return (function.applyAsDouble(h) - function.applyAsDouble(-h)) / (2 * h);
    }
}
