package org.betatron.training.online;

import java.util.Map;

/// What answers are worth. Arrays are lent.
///
/// @param totals of each answer; NaN where it cannot be scored
/// @param parts  what each source gave, by its name, before it was weighted; NaN likewise
@SuppressWarnings("ArrayRecordComponent") // lent, never compared
public record AnswerScores(double[] totals, Map<String, double[]> parts) {}
