package org.betatron.core.selection;

/// What pairs are ranked by.
public enum SelectionCriterion {

    /// The gap that the calibration looks at too.
    GAP,

    /// Its distance from the running mean, `|M - M_0|`.
    GAP_DISTANCE,

    /// The difference of the data's explicit scores.
    SCORE_GAP,

    /// The loss at beta_0.
    LOSS,

    /// The length of the loss's gradient by both log-probabilities, at beta_0.
    GRADIENT_NORM
}
