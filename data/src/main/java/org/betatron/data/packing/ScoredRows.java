package org.betatron.data.packing;

import org.betatron.core.model.TokenNumbers;

/// Packed rows and what a model says about them.
///
/// @param rows    the rows
/// @param numbers of their batch
public record ScoredRows(PackedRows rows, TokenNumbers numbers) {}
