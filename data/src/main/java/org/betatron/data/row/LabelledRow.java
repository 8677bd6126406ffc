package org.betatron.data.row;

import java.util.OptionalDouble;

/// A row with a judgement: which of two responses is better, or whether one is good.
///
/// @param <R> the kind of row itself
public sealed interface LabelledRow<R extends LabelledRow<R>> extends TokenizedRow
        permits TokenizedPair, TokenizedAnswer {

    /// @return where the row was read, [RowPlace#NOWHERE] for one that was made in memory
    RowPlace place();

    /// @return the row with the opposite judgement, and all that hangs on it; flipping twice gives
    ///     a row that is equal in every part
    R flipped();

    /// @return chosen minus rejected score, on the scale of the file; empty for a row without
    ///     scores
    OptionalDouble scoreGap();
}
