package org.betatron.data.packing;

import org.betatron.core.model.TokenLogProbs;

/// Packed rows and what a model says about them.
///
/// @param rows     the rows
/// @param logProbs numbers of their batch
public record ScoredRows(PackedRows rows, TokenLogProbs logProbs) {}
