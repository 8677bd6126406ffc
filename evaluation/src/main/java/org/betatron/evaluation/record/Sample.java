package org.betatron.evaluation.record;

/// A greedy answer of the model that a run trains, before it or after it.
///
/// @param when   `before` the first step or `after` the last
/// @param id     of the row whose prompt was answered
/// @param prompt as the model read it
/// @param answer what the model wrote
public record Sample(String when, String id, String prompt, String answer) {

    public static final String BEFORE = "before";
    public static final String AFTER = "after";
}
