package org.betatron.data.load;

import org.betatron.data.row.RowPlace;
import org.jspecify.annotations.Nullable;

/// Which pairs of a data set have scores.
///
/// @param numScored    pairs with a score on both answers
/// @param firstWithout the first kept pair that lacks one; null if all have both, and for rows that
///     are no pairs
/// @param gaps         chosen minus rejected score of the pairs that have them
public record ScoreReport(int numScored, @Nullable RowPlace firstWithout, GapDistribution gaps) {

    /// @return whether every row is a pair with scores
    public boolean allScored() {
        return numScored > 0 && firstWithout == null;
    }
}
