/// Rows on their way through a model: cut into parts of which each fits into memory, what rows have in
/// common computed once, and numbers back in the order of the rows.
///
/// ```text
/// rows --RowGroup--> equal prompts together, equal responses once
///      --Part, within a Packing--> few parts of nearly equal size
///      --PackedRows--> PackedBatch --a model--> TokenNumbers
///      --ScoredRows--> BatchNumbers, by row
/// ```
///
/// [org.betatron.data.packing.RowBatch] does all of it. What numbers mean does not belong here.
@NullMarked
package org.betatron.data.packing;

import org.jspecify.annotations.NullMarked;
