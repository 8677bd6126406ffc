package org.betatron.core;

import java.util.function.DoubleUnaryOperator;

/// Derivatives by differences, to hold against the ones that the code computes by formula.
public final class Derivatives {

    private Derivatives() {}

    /// Central differences at `h`, `h/2` and `h/4`, extrapolated twice: the error falls with `h^6`, so
    /// that `h` may be large enough to leave no rounding noise.
    ///
    /// @return derivative of the function at 0
    public static double atZero(DoubleUnaryOperator function, double h) {
        double coarse = central(function, h);
        double middle = central(function, h / 2);
        double fine = central(function, h / 4);
        double firstCoarse = middle + (middle - coarse) / 3;
        double firstFine = fine + (fine - middle) / 3;
        return firstFine + (firstFine - firstCoarse) / 15;
    }

    private static double central(DoubleUnaryOperator function, double h) {
        return (function.applyAsDouble(h) - function.applyAsDouble(-h)) / (2 * h);
    }
}
