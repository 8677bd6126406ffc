package org.betatron.evaluation.comparison;

/// A number with the interval that it lies in 95 % of the time.
///
/// @param value the number; NaN if there is nothing to take it from
/// @param low   lower end
/// @param high  upper end
public record Estimate(double value, double low, double high) {}
