package org.betatron.core.calibration;

/// Which pairs a dynamic beta compares: those whose mean it takes, and those that `M_0` is of.
public enum ComparedPairs {

    /// The mean of kept pairs with an `M_0` of all pairs, as published. A filter that keeps the
    /// middle of skewed gaps moves the one and not the other, so that beta is not beta_0 in the
    /// mean.
    KEPT_WITH_ALL,

    /// All pairs with all pairs, kept or not.
    ALL,

    /// Kept pairs with kept pairs.
    KEPT
}
