package org.betatron.evaluation.frontier;

/// A run of a study of frontiers as `results.jsonl` has it.
///
/// @param key  of all that the run depends on: a run with the same key is the same
/// @param cell what came out
public record KeyedCell(String key, FrontierCell cell) {}
