package org.betatron.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.function.ToDoubleFunction;

/// Compares a gradient that somebody derived with central differences of the function itself.
///
/// ```text
/// d f / d x_i  ~  ( f(x + h e_i) - f(x - h e_i) ) / 2h        h = step * max(1, |x_i|)
/// ```
///
/// Stateless and thread-safe, if the function is.
public final class GradientChecker {

    /// Relative step: the error of a central difference, `h^2` from truncation and `1e-16 / h` from
    /// rounding, is smallest around the cube root of the machine precision.
    public static final double STEP = 6e-6;

    private GradientChecker() {}

    /// @param function smooth around `point`; must not keep or change its argument
    /// @param point    where to differentiate, `[n]`; not changed
    /// @return the numerical gradient, `[n]`
    public static double[] centralDifferences(ToDoubleFunction<double[]> function, double[] point) {
        double[] moved = point.clone();
        double[] gradient = new double[point.length];
        for (int i = 0; i < point.length; i++) {
            double h = STEP * Math.max(1, Math.abs(point[i]));
            moved[i] = point[i] + h;
            double above = function.applyAsDouble(moved);
            double upper = moved[i];
            moved[i] = point[i] - h;
            double below = function.applyAsDouble(moved);
            // The distance that was really moved, which rounding makes a little different from 2h.
            gradient[i] = (above - below) / (upper - moved[i]);
            moved[i] = point[i];
        }
        return gradient;
    }

    /// Asserts that every entry of a gradient agrees with central differences.
    ///
    /// @param function  as for [#centralDifferences]
    /// @param point     where the gradient was taken, `[n]`
    /// @param gradient  the gradient to check, `[n]`
    /// @param tolerance largest allowed difference, relative to `max(1, |entry|)`
    public static void assertGradient(
            ToDoubleFunction<double[]> function, double[] point, double[] gradient, double tolerance) {
        double[] expected = centralDifferences(function, point);
        assertThat(gradient).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            assertThat(gradient[i])
                    .as("derivative by entry %d", i)
                    .isCloseTo(expected[i], within(tolerance * Math.max(1, Math.abs(expected[i]))));
        }
    }
}
