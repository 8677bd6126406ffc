package org.betatron.evaluation.comparison;

import java.util.Locale;

/// A number with the interval that it lies in 95 % of the time.
///
/// @param value the number; NaN if there is nothing to take it from
/// @param low   lower end
/// @param high  upper end
public record Estimate(double value, double low, double high) {

    /// @return the same in another unit
    public Estimate times(double factor) {
        return new Estimate(factor * value, factor * low, factor * high);
    }

    /// @param digits behind the point
    /// @return the number, with its interval behind it
    public String text(int digits) {
        String number = "%." + digits + "f";
        return String.format(Locale.ROOT, number + " (" + number + " to " + number + ")", value, low, high);
    }
}
