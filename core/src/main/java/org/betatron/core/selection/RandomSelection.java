package org.betatron.core.selection;

import java.util.random.RandomGenerator;
import org.betatron.core.statistics.Moments;

/// Keeps a fraction of the pairs, drawn uniformly: the control that a filter has to beat.
///
/// @param keep fraction kept, in (0, 1]
public record RandomSelection(double keep) implements Selection {

    @Override
    public SelectionCriterion criterion() {
        return SelectionCriterion.GAP;
    }

    @Override
    public boolean keepsAll() {
        return keep == 1;
    }

    @Override
    public boolean looksAtGaps() {
        return false;
    }

    @Override
    public double[] select(double[] values, Moments statistics, RandomGenerator random) {
        double[] keys = new double[values.length];
        int numEligible = 0;
        for (int i = 0; i < keys.length; i++) {
            // Drawn for every pair, so that one non-finite gap does not shift the draws of the others.
            double key = random.nextDouble();
            keys[i] = Double.isFinite(values[i]) ? key : Double.NEGATIVE_INFINITY;
            numEligible += Double.isFinite(values[i]) ? 1 : 0;
        }
        return KeptCount.keepLargest(keys, Math.min(numEligible, KeptCount.of(keys.length, keep)));
    }
}
