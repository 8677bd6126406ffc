package org.betatron.evaluation.judge;

/// Two answers to one prompt.
///
/// @param prompt   as the model read it
/// @param answer   of the model that is measured
/// @param opponent what it is measured against
public record Comparison(String prompt, String answer, String opponent) {}
