package org.betatron.core.objective;

/// Which rows an objective learns from.
public enum RowKind {

    /// Preference pairs.
    PAIRS,

    /// Single answers that are labelled desirable or undesirable.
    ANSWERS,

    /// Either.
    ANY
}
