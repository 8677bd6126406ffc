package org.betatron.evaluation.finding;

/// One thing that a run shows, in plain words.
///
/// @param kind what a reader should make of it
/// @param text whole sentences
public record Finding(Kind kind, String text) {

    /// What a reader should make of a finding, most urgent first.
    public enum Kind {
        /// Something is probably wrong, or the result is not worth much.
        PROBLEM,
        /// Worth a look, or a decision.
        NOTE,
        /// As it should be.
        EXPECTED
    }
}
