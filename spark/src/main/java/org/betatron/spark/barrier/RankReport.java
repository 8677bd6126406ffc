package org.betatron.spark.barrier;

import java.io.Serializable;

/// What the driver hears of a rank.
///
/// @param rank    its number
/// @param attempt of the stage, from 1
/// @param outcome how its part ended
record RankReport(int rank, int attempt, RankOutcome outcome) implements Serializable {}
