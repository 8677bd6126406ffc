package org.betatron.core.calibration;

/// What the strength of a dynamic beta is per.
public enum SensitivityUnit {

    /// A unit of the gap, as published: what a strength does depends on how far gaps lie apart.
    GAP,

    /// A standard deviation of the gaps within a batch; ours.
    DEVIATION
}
