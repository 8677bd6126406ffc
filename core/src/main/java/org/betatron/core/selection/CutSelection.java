package org.betatron.core.selection;

import java.util.random.RandomGenerator;
import org.betatron.core.Ranking;
import org.betatron.core.statistics.Moments;

/// Cuts off the pairs at one end, or at both ends, of a ranking.
///
/// ```text
/// n kept = max(1, floor(keep * B)),   d = (finite values) - n dropped
/// largest: the d largest       smallest: the d smallest       both: ceil(d/2) largest, floor(d/2) smallest
/// ```
///
/// Source: the filter strategies that arXiv 2407.08639 compares (head, tail, head and tail). There "head"
/// can be read by gradient or by gap; DPO's gradient falls with the gap, so the head by gradient is the
/// tail by gap. Here both are named by what they rank.
///
/// @param criterion what pairs are ranked by
/// @param drop      which end is cut off
/// @param keep      fraction kept, in (0, 1]
public record CutSelection(SelectionCriterion criterion, End drop, double keep) implements Selection {

    /// The end of a ranking that is cut off.
    public enum End {
        LARGEST,
        SMALLEST,
        BOTH
    }

    @Override
    public boolean keepsAll() {
        return keep == 1;
    }

    @Override
    public double[] select(double[] values, Moments statistics, RandomGenerator random) {
        double[] weights = KeptCount.ofFinite(values);
        int[] ascending = Ranking.ascending(values, weights);
        int numDropped = Math.max(0, ascending.length - KeptCount.of(values.length, keep));
        int fromTop = switch (drop) {
            case LARGEST -> numDropped;
            case SMALLEST -> 0;
            case BOTH -> Math.ceilDiv(numDropped, 2);
        };
        for (int k = 0; k < fromTop; k++) {
            weights[ascending[ascending.length - 1 - k]] = 0;
        }
        for (int k = 0; k < numDropped - fromTop; k++) {
            weights[ascending[k]] = 0;
        }
        return weights;
    }
}
