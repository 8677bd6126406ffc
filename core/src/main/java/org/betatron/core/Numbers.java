package org.betatron.core;

/// Numerically stable scalar functions that the objectives share, and the range checks of their parameters.
public final class Numbers {

    private static final double LN_2 = 0.6931471805599453;

    private Numbers() {}

    /// @return `log(1 + e^x) = -log sigmoid(-x)`, without overflow for any finite `x`
    public static double softplus(double x) {
        return Math.max(x, 0) + log1p(Math.exp(-Math.abs(x)));
    }

    /// @return `1 / (1 + e^-x)`, without overflow for any finite `x`
    public static double sigmoid(double x) {
        if (x >= 0) {
            return 1 / (1 + Math.exp(-x));
        }
        double exponential = Math.exp(x);
        return exponential / (1 + exponential);
    }

    /// @param x below 0
    /// @return `log(1 - e^x)`, with all digits both near zero and far from it
    public static double log1mexp(double x) {
        // Mächler 2012, "Accurately computing log(1 - exp(-|a|))": the better formula changes at ln 2.
        return x > -LN_2 ? Math.log(-Math.expm1(x)) : log1p(-Math.exp(x));
    }

    /// @param x below 0
    /// @return `1 - e^x`, with all digits both near zero and far from it
    public static double oneMinusExp(double x) {
        return x > -LN_2 ? -Math.expm1(x) : 1 - Math.exp(x);
    }

    /// `log(1 + x)` for `x` in [-0.5, 1], several times faster than [Math#log1p]: unlike that one, the
    /// logarithm is a single instruction sequence of the compiler. The quotient puts back, to first order, what
    /// the sum lost in rounding.
    private static double log1p(double x) {
        double sum = 1 + x;
        return Math.log(sum) + (x - (sum - 1)) / sum;
    }

    /// Checks a parameter.
    ///
    /// @param name      name of the parameter as a recipe spells it
    /// @param condition what must hold; written so that NaN fails
    /// @param range     the allowed range in words, for example `in [0, 0.5)`
    /// @param value     the value that was given
    /// @throws IllegalArgumentException `<name> must be <range> but was <value>`
    public static void require(String name, boolean condition, String range, double value) {
        if (!condition) {
            throw new IllegalArgumentException(name + " must be " + range + " but was " + value);
        }
    }
}
