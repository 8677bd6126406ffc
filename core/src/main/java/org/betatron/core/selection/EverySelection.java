package org.betatron.core.selection;

import java.util.random.RandomGenerator;
import org.betatron.core.statistics.Moments;

/// Keeps every pair whose gap is finite.
public record EverySelection() implements Selection {

    @Override
    public SelectionCriterion criterion() {
        return SelectionCriterion.GAP;
    }

    @Override
    public boolean keepsAll() {
        return true;
    }

    @Override
    public double[] select(double[] values, Moments statistics, RandomGenerator random) {
        return KeptCount.ofFinite(values);
    }
}
