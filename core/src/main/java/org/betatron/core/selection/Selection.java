package org.betatron.core.selection;

import java.util.random.RandomGenerator;
import org.betatron.core.statistics.Moments;

/// Decides which pairs of a batch are learned from.
///
/// Implementations are stateless and thread-safe; equal arguments give equal choices.
public interface Selection {

    /// @return what [#select] wants to see of each pair
    SelectionCriterion criterion();

    /// @return whether every pair with a finite gap is kept, so that nothing is looked at
    boolean keepsAll();

    /// @param values     criterion of each pair, `[n]`; a pair whose value is not finite is never kept
    /// @param statistics where gaps are at this moment
    /// @param random     stream of this batch's draw
    /// @return weight of each pair, `[n]`: 1 for kept, 0 for dropped; owned by the caller
    double[] select(double[] values, Moments statistics, RandomGenerator random);

    /// @return whether the choice depends on the gaps, so that they and their statistics matter
    default boolean looksAtGaps() {
        return !keepsAll() && (criterion() == SelectionCriterion.GAP || criterion() == SelectionCriterion.GAP_DISTANCE);
    }
}
