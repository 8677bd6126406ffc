package org.betatron.evaluation.suspicion;

/// The gap of one row to measure on, as a run leaves it.
///
/// @param id   see [org.betatron.data.row.TokenizedRow#id]
/// @param file the file as it was named to the run
/// @param line line on which the row begins
/// @param gap  beta_0 times the margin, chosen minus rejected; NaN or infinite where the margin is
public record HeldOutGap(String id, String file, int line, double gap) {}
